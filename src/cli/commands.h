#pragma once

namespace CLI {
class App;
}

namespace sewa::cli {

// Each adds one subcommand, whose callback does the work and leaves by fail_command() (exit.h) when
// it cannot. One file per command; the list in run.cc is the order of `sewa --help`.
void register_serve(CLI::App& app);
void register_token(CLI::App& app);
void register_apikey(CLI::App& app);
void register_print_config(CLI::App& app);
void register_chat(CLI::App& app);
void register_check(CLI::App& app);
void register_backup(CLI::App& app);
void register_restore(CLI::App& app);
void register_export(CLI::App& app);
void register_erase(CLI::App& app);
void register_doctor(CLI::App& app);
void register_bench(CLI::App& app);

}  // namespace sewa::cli
