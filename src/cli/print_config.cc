#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"
#include "config/load.h"

namespace sewa::cli {

void register_print_config(CLI::App& app) {
    auto* const command =
        app.add_subcommand("print-config", "Print the configuration and where each value is from");
    auto const flags = ConfigFlags::add_to(*command);
    auto const reference = std::make_shared<bool>(false);
    command->add_flag("--reference", *reference, "print the table of all options instead");
    command->callback([flags, reference] {
        if (*reference) {
            std::cout << config::markdown_reference();
            return;
        }
        auto const loaded = flags->load();
        if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
        std::cout << config::to_toml(*loaded);
    });
}

}  // namespace sewa::cli
