#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "auth/secret.h"
#include "bench/process_usage.h"
#include "core/random.h"
#include "load/load.h"

namespace sewa::peer_load {

namespace {

struct Arguments {
    std::string server;
    std::string secret_file;
    std::uint32_t pairs = 0;
    std::uint32_t rooms = 0;
    std::uint32_t members = 100;
    bool is_pinned = false;
    LoadPlan plan;
};

void add_arguments(CLI::App& app, Arguments& arguments) {
    auto& plan = arguments.plan;
    app.add_option("server", arguments.server, "HOST:PORT")->required();
    app.add_option("--dialect", plan.speech.dialect, "sewa, plain, json, socketio, nats or xmpp")
        ->required();
    app.add_option("--target", plan.speech.target, "plain and json: path with {room} and {place}");
    app.add_option("--jwt-secret-file", arguments.secret_file, "sewa: signs the tokens");
    app.add_option("--pid", plan.processes, "processes of the server");
    app.add_option("--pairs", arguments.pairs, "rooms of two in which both talk");
    app.add_option("--rooms", arguments.rooms, "larger rooms in which one talks");
    app.add_option("--members", arguments.members, "of each larger room");
    app.add_option("--window", plan.window, "messages of a sender that not everybody has yet");
    app.add_option("--text-bytes", plan.text_bytes, "length of a text");
    app.add_option("--connecting", plan.connecting_max, "handshakes in progress");
    app.add_option("--seconds", plan.seconds, "measured time");
    app.add_option("--warmup", plan.warmup_seconds, "time before it");
    app.add_flag("--idle", plan.is_idle, "memory of connections that say nothing");
    app.add_flag("--pin", arguments.is_pinned, "to the second core");
}

Status complete(Arguments& arguments) {
    bool const are_pairs = arguments.pairs != 0;
    if (are_pairs == (arguments.rooms != 0)) {
        return fail(Errc::kBadRequest, "say --pairs N or --rooms N");
    }
    auto& plan = arguments.plan;
    SEWA_TRY(plan.server, net::parse_address(arguments.server));
    auto& speech = plan.speech;
    speech.layout = {are_pairs ? arguments.pairs : arguments.rooms,
                     are_pairs ? 2 : arguments.members, are_pairs};
    plan.senders = are_pairs ? 2 : 1;
    speech.run = static_cast<std::uint32_t>(SecureRandom().next());
    if (!arguments.secret_file.empty()) {
        SEWA_TRY(speech.secret, auth::read_secret_file(arguments.secret_file));
    }
    if (!make_dialect(speech, {})) return fail(Errc::kBadRequest, "no such --dialect");
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (arguments.is_pinned) bench::pin_to_core(1);
    return {};
}

Status run(Arguments& arguments) {
    SEWA_CHECK(complete(arguments));
    SEWA_TRY(auto const report, run_load(arguments.plan));
    std::cout << to_json(*report) << std::flush;
    return {};
}

}  // namespace

}  // namespace sewa::peer_load

int main(int argc, char** argv) {
    CLI::App app("Loads a chat server of any kind; bench/peers/run.py calls it");
    sewa::peer_load::Arguments arguments;
    sewa::peer_load::add_arguments(app, arguments);
    CLI11_PARSE(app, argc, argv);
    auto const status = sewa::peer_load::run(arguments);
    if (status) return 0;
    std::cerr << status.error().message << '\n';
    return 1;
}
