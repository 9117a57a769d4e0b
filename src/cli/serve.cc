#include <errno.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/server.h"
#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"
#include "net/address.h"

namespace sewa::cli {

namespace {

// Blocked before any thread starts, so that only `sigwait` sees them.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // A peer that closed first must not end the process.
    ::signal(SIGPIPE, SIG_IGN);
    return signals;
}

// Every connection is a descriptor, and shells give few of those that they could.
void raise_descriptor_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

void greet(config::Config const& config, std::string const& address) {
    auto const scheme = config.tls.cert_file.empty() ? "http" : "https";
    std::cout << fmt::format("SewaBazaar Messaging listens on {}://{}\n", scheme, address);
    if (config.demo) {
        std::cout << fmt::format(
            "Demo mode: everybody on this machine may be anybody; nothing else can reach it.\n"
            "  In the browser:  {0}://{1}\n"
            "  In a terminal:   {2} chat --demo asha --url ws://{1}\n"
            "  In another one:  {2} chat --demo bikash --url ws://{1}\n"
            "  People: asha and deepa (customers), bikash and chandra (providers)\n",
            scheme, address, program_invocation_name);  // As it was typed, to be copied.
    }
    std::cout << "Stop it with Ctrl-C.\n" << std::flush;
}

void serve(config::Config const& config) {
    auto const signals = block_signals();
    raise_descriptor_limit();
    auto server = app::Server::start(config);
    if (!server) fail_command(server.error());
    greet(config, (*server)->address().text());
    for (;;) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal != SIGHUP) break;
        (*server)->reload();
    }
    (*server)->stop();
}

}  // namespace

void register_serve(CLI::App& app) {
    auto* const command = app.add_subcommand("serve", "Run the server");
    auto const flags = ConfigFlags::add_to(*command);
    command->callback([flags] {
        auto const loaded = flags->load();
        if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
        serve(loaded->config);
    });
}

}  // namespace sewa::cli
