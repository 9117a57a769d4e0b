#include "app/person_care.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"

namespace sewa::cli {
namespace {

config::Config configuration(ConfigFlags const& flags) {
    auto loaded = flags.load();
    if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
    return std::move(loaded->config);
}

std::shared_ptr<std::int64_t> add_user(CLI::App& command) {
    auto user = std::make_shared<std::int64_t>(0);
    command.add_option("--user", *user, "the person's id")
        ->required()
        ->check(CLI::Range(std::int64_t{1}, kIdMax));
    return user;
}

}  // namespace

void register_export(CLI::App& app) {
    auto* const command = app.add_subcommand(
        "export", "Print all that is stored about a person, one JSON object a line");
    auto const flags = ConfigFlags::add_to(*command, "data_dir");
    auto const user = add_user(*command);
    command->callback([flags, user] {
        auto const done =
            app::export_person(configuration(*flags).data_dir, UserId{*user},
                               [](std::string const& line) { std::cout << line << '\n'; });
        if (!done) fail_command(done.error());
    });
}

void register_erase(CLI::App& app) {
    auto* const command =
        app.add_subcommand("erase", "Remove a person's name and texts for ever; no server may run");
    auto const flags = ConfigFlags::add_to(*command, "data_dir");
    auto const user = add_user(*command);
    auto const is_sure = std::make_shared<bool>(false);
    command->add_flag("--yes", *is_sure, "there is no way back; backups keep what they have");
    command->callback([flags, user, is_sure] {
        if (!*is_sure) {
            fail_command(error(Errc::kBadRequest, "erasing cannot be undone; say --yes"),
                         ExitCode::kUsage);
        }
        auto const done = app::erase_person(configuration(*flags), UserId{*user});
        if (!done) fail_command(done.error());
        std::cout << "user " << *user << " is erased\n";
    });
}

}  // namespace sewa::cli
