#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"
#include "config/load.h"
#include "observe/metrics.h"

namespace sewa::cli {

void register_print_config(CLI::App& app) {
    auto* const command =
        app.add_subcommand("print-config", "Print the configuration and where each value is from");
    auto const flags = ConfigFlags::add_to(*command);
    auto const reference = std::make_shared<std::string>();
    command->add_option("--reference", *reference, "print a table of OPERATIONS.md instead")
        ->check(CLI::IsMember({"config", "metrics"}));
    command->callback([flags, reference] {
        if (!reference->empty()) {
            bool const metrics = *reference == "metrics";
            std::cout << (metrics ? observe::markdown_metrics() : config::markdown_reference());
            return;
        }
        auto const loaded = flags->load();
        if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
        std::cout << config::to_toml(*loaded);
    });
}

}  // namespace sewa::cli
