#include "app/data_care.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"

namespace sewa::cli {
namespace {

std::string data_folder(ConfigFlags const& flags) {
    auto const loaded = flags.load();
    if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
    return loaded->config.data_dir;
}

void check(std::string const& folder) {
    auto const found = app::check_data(folder);
    if (!found) fail_command(found.error());
    for (auto const& finding : found->findings) std::cout << finding << '\n';
    std::cout << found->events << " events read, " << found->damages << " damages\n";
    if (found->damages != 0) fail_command({Errc::kInternal, folder + " is damaged", {}});
}

}  // namespace

void register_check(CLI::App& app) {
    auto* const command =
        app.add_subcommand("check", "Read all data and compare it with its checksums");
    auto const flags = ConfigFlags::add_to(*command, "data_dir");
    command->callback([flags] { check(data_folder(*flags)); });
}

void register_backup(CLI::App& app) {
    auto* const command = app.add_subcommand(
        "backup", "Copy the data, also of a running server, to a folder to start from");
    auto const flags = ConfigFlags::add_to(*command, "data_dir");
    auto const target = std::make_shared<std::string>();
    command->add_option("target", *target, "a folder that does not exist or is empty")->required();
    command->callback([flags, target] {
        auto const epoch = app::back_up_data(data_folder(*flags), *target);
        if (!epoch) fail_command(epoch.error());
        std::cout << *target << " holds a copy with the epoch " << *epoch << '\n';
    });
}

void register_restore(CLI::App& app) {
    auto* const command =
        app.add_subcommand("restore", "Make a data folder from a backup, to start from");
    auto const flags = ConfigFlags::add_to(*command, "data_dir");
    auto const backup = std::make_shared<std::string>();
    command->add_option("backup", *backup, "a folder that `sewa backup` made")->required();
    command->callback([flags, backup] {
        auto const folder = data_folder(*flags);
        auto const epoch = app::restore_data(*backup, folder);
        if (!epoch) fail_command(epoch.error());
        std::cout << folder << " holds the backup with the epoch " << *epoch
                  << "; start it with: sewa serve --data " << folder << '\n';
    });
}

}  // namespace sewa::cli
