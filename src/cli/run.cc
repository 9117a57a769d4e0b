#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <string>

#include "app/version.h"
#include "cli/commands.h"
#include "cli/exit.h"

namespace sewa::cli {
namespace {

constexpr std::array kCommands = {
    register_serve,        register_token, register_apikey, register_chat,
    register_print_config, register_check, register_backup, register_restore,
    register_export,       register_erase, register_doctor, register_bench,
};

// CLI11 would only say that a subcommand is required.
bool is_unknown_command(CLI::App const& app, int argc, char const* const* argv) {
    if (argc < 2 || argv[1][0] == '-') return false;
    auto const commands = app.get_subcommands([](CLI::App const*) { return true; });
    return std::none_of(commands.begin(), commands.end(),
                        [&](CLI::App const* command) { return command->get_name() == argv[1]; });
}

int report(CLI::App const& app, CLI::ParseError const& error) {
    // Help is asked for, not a failure.
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "sewa: " << error.what() << "\nTry: sewa --help\n";
    return static_cast<int>(ExitCode::kUsage);
}

}  // namespace

void fail_command(Error const& error, ExitCode code) {
    std::cerr << "sewa: " << error.message << '\n';
    throw CLI::RuntimeError(static_cast<int>(code));
}

int run(int argc, char const* const* argv) {
    CLI::App app("SewaBazaar Messaging: WebSocket, REST and web app in one program", "sewa");
    app.require_subcommand(1);
    app.set_version_flag("--version", "sewa " + std::string(app::kVersion));
    for (auto const& add : kCommands) add(app);
    if (is_unknown_command(app, argc, argv)) {
        std::cerr << "sewa: no such command: " << argv[1] << "\nTry: sewa --help\n";
        return static_cast<int>(ExitCode::kUsage);
    }
    try {
        app.parse(argc, argv);
    } catch (CLI::RuntimeError const& failed) {
        return failed.get_exit_code();
    } catch (CLI::ParseError const& error) {
        return report(app, error);
    } catch (std::exception const& error) {
        std::cerr << "sewa: " << error.what() << '\n';
        return static_cast<int>(ExitCode::kFailed);
    }
    return static_cast<int>(ExitCode::kGood);
}

}  // namespace sewa::cli
