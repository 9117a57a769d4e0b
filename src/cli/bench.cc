#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "auth/secret.h"
#include "bench/monitor.h"
#include "bench/prepare.h"
#include "bench/process_usage.h"
#include "bench/server_process.h"
#include "cli/commands.h"
#include "cli/exit.h"
#include "core/random.h"

namespace sewa::cli {
namespace {

namespace files = std::filesystem;

struct BenchArguments {
    std::string url;
    bool is_self_contained = false;
    std::string prepare;
    std::string folder;
    std::string secret_file;
    std::string json;
    std::string html;
    std::vector<std::string> settings;
    std::uint32_t pairs = 0;
    std::uint32_t rooms = 0;
    std::uint32_t members = 100;
    std::uint32_t senders = 0;
    std::uint64_t messages = 0;
    bool is_typing = false;
    bool is_idle = false;
    bool keeps_cores = false;
    int server_pid = -1;
    bench::Plan plan;
};

void add_workload(CLI::App& command, BenchArguments& arguments) {
    auto& plan = arguments.plan;
    command.add_option("--pairs", arguments.pairs, "conversations of two");
    command.add_option("--rooms", arguments.rooms, "groups, instead of pairs");
    command.add_option("--members", arguments.members, "members of each group")
        ->check(CLI::Range(2, 10'000))
        ->capture_default_str();
    command.add_option("--senders", arguments.senders,
                       "members who send; default: both of a pair, one of a group");
    command
        .add_option("--window", plan.window,
                    "closed loop: messages of a sender that not everybody has yet")
        ->check(CLI::Range(1U, bench::kWindowMax))
        ->capture_default_str();
    command
        .add_option("--rate", plan.rate,
                    "open loop: messages per second in total; latency from when each was due")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--text-bytes", plan.text_bytes, "length of a text")
        ->check(CLI::Range(1, 4'000))
        ->capture_default_str();
    command.add_option("--typing-rate", plan.typing_rate,
                       "typing signals per second besides the messages");
    command.add_option("--churn", plan.churn_rate,
                       "connections per second that end and resume while others talk");
    command.add_option("--away", plan.away_seconds, "with --churn: seconds until they are back");
    command.add_option("--slow-readers", plan.slow_readers,
                       "further connections that read for one second of five");
    command.add_flag("--typing", arguments.is_typing, "typing signals instead of messages");
    command.add_flag("--idle", arguments.is_idle, "connections that say nothing");
    command.add_flag("--storm", plan.storm,
                     "afterwards kill the server hard, start it again, and let everybody resume; "
                     "with --rate those who are back talk meanwhile");
    command.add_option("--seconds", plan.seconds, "measured time")
        ->check(CLI::Range(0.1, 86'400.0))
        ->capture_default_str();
    command.add_option("--warmup", plan.warmup_seconds, "time before it")
        ->check(CLI::Range(0.0, 3'600.0))
        ->capture_default_str();
    command.add_option("--processes", plan.processes, "processes of the generator")
        ->check(CLI::Range(1U, bench::kProcessesMax))
        ->capture_default_str();
    command.add_option("--connecting", plan.connecting_max, "handshakes in progress, per process")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
}

void add_arguments(CLI::App& command, BenchArguments& arguments) {
    command.add_flag("--self-contained", arguments.is_self_contained,
                     "prepare a new folder, start a server on a core of its own, run, clean up");
    command.add_option("--prepare", arguments.prepare,
                       "fill this empty data folder for the workload and stop; then start "
                       "`sewa serve --data` with it and --set limits.frames_per_minute=0");
    command.add_option("--url", arguments.url,
                       "server with a prepared folder, such as ws://127.0.0.1:8000");
    command.add_option("--server-pid", arguments.server_pid,
                       "with --url: process whose CPU and memory are reported");
    command.add_option("--jwt-secret-file", arguments.secret_file,
                       "the server's secret, to sign tokens for everybody");
    command.add_option("--folder", arguments.folder,
                       "where --self-contained makes its folder; default: the system's for "
                       "temporary files, which must be a real disk for durable figures");
    command.add_option("--messages", arguments.messages, "messages to prepare beforehand");
    command.add_option("--set", arguments.settings, "key=value for the server that it starts");
    command.add_flag("--no-pin", arguments.keeps_cores, "do not tie anything to a core");
    command.add_option("--json", arguments.json, "write the report to this file, too");
    command.add_option("--html", arguments.html, "write it as a page with plots, too");
    add_workload(command, arguments);
}

Status complete(BenchArguments& arguments) {
    auto& plan = arguments.plan;
    if ((arguments.pairs == 0) == (arguments.rooms == 0)) {
        return fail(Errc::kBadRequest, "say --pairs N or --rooms N");
    }
    bool const are_pairs = arguments.pairs != 0;
    plan.layout = {are_pairs ? arguments.pairs : arguments.rooms, are_pairs ? 2 : arguments.members,
                   are_pairs};
    plan.senders = arguments.senders != 0 ? arguments.senders : are_pairs ? 2 : 1;
    if (plan.senders > plan.layout.members) {
        return fail(Errc::kBadRequest, "more --senders than a conversation has members");
    }
    plan.processes = std::min(plan.processes, plan.layout.conversations);
    if (arguments.is_typing) plan.traffic = bench::Traffic::kTyping;
    if (arguments.is_idle) plan.traffic = bench::Traffic::kIdle;
    int const modes = (arguments.url.empty() ? 0 : 1) + (arguments.is_self_contained ? 1 : 0) +
                      (arguments.prepare.empty() ? 0 : 1);
    if (modes != 1) {
        return fail(Errc::kBadRequest, "say one of --self-contained, --prepare DIR, --url URL");
    }
    if (plan.storm && plan.churn_rate > 0) {
        return fail(Errc::kBadRequest, "--storm and --churn exclude each other");
    }
    plan.run = static_cast<std::uint32_t>(SecureRandom().next());
    plan.pins_cores =
        !arguments.keeps_cores && arguments.is_self_contained && bench::usable_cores() > 1;
    return {};
}

// Each connection is a descriptor, here and in the server that inherits the limit.
Status raise_descriptor_limit(bench::Plan const& plan, bool starts_server) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    auto const connections = plan.layout.connections() + plan.slow_readers;
    // A process plays whole conversations.
    auto const most = (plan.layout.conversations + plan.processes - 1) / plan.processes;
    auto const here = most * plan.layout.members + plan.slow_readers / plan.processes + 50;
    if (here > limit.rlim_max) {
        return fail(Errc::kBadRequest,
                    fmt::format("{} descriptors per process, the limit is {}: use more --processes",
                                here, limit.rlim_max));
    }
    if (starts_server && connections + 100 > limit.rlim_max) {
        return fail(Errc::kBadRequest,
                    fmt::format("the server may have {} descriptors only", limit.rlim_max));
    }
    return {};
}

void progress(std::string const& line) {
    if (isatty(STDERR_FILENO) == 1) std::cerr << "\r\033[K" << line << std::flush;
}

void end_progress() {
    if (isatty(STDERR_FILENO) == 1) std::cerr << "\r\033[K" << std::flush;
}

Status fill(BenchArguments const& arguments, std::string const& folder) {
    auto const status =
        bench::prepare(folder, arguments.plan.layout, arguments.messages,
                       [](std::uint64_t count) { progress(fmt::format("{} stored", count)); });
    end_progress();
    return status;
}

Status write_file(std::string const& name, std::string const& text) {
    if (name.empty()) return {};
    std::ofstream file(name);
    file << text << std::flush;
    return file ? Status{} : fail(Errc::kUnavailable, "cannot write " + name);
}

Status show(Result<std::unique_ptr<bench::Report>> const& report, BenchArguments const& arguments) {
    end_progress();
    if (!report) return fail(report.error());
    std::cout << bench::to_table(**report) << std::flush;
    SEWA_CHECK(write_file(arguments.json, bench::to_json(**report)));
    return write_file(arguments.html, bench::to_html(**report));
}

// A folder for one run, gone with it.
class RunFolder {
public:
    static Result<RunFolder> make(std::string const& parent) {
        auto const base = parent.empty() ? files::temp_directory_path() : files::path(parent);
        auto pattern = (base / "sewa-bench-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            return fail(Errc::kUnavailable, "cannot make a folder in " + base.string());
        }
        return RunFolder(pattern);
    }
    RunFolder(RunFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    RunFolder& operator=(RunFolder&&) = delete;
    ~RunFolder() {
        std::error_code ignored;
        if (!path_.empty()) files::remove_all(path_, ignored);
    }

    std::string operator/(std::string const& name) const { return path_ / name; }

private:
    explicit RunFolder(files::path path) : path_(std::move(path)) {}

    files::path path_;
};

bench::ServerArguments server_arguments(BenchArguments const& arguments, RunFolder const& folder) {
    bench::ServerArguments server{folder / "data", folder / "secret", "127.0.0.1:0",
                                  arguments.settings, arguments.plan.pins_cores};
    // Every signal is relayed, and none ends by itself while it is measured.
    if (arguments.plan.traffic == bench::Traffic::kTyping || arguments.plan.typing_rate > 0) {
        server.settings.insert(server.settings.begin(),
                               {"typing.throttle_ms=0", "typing.ttl_ms=600000"});
    }
    return server;
}

Status run_self_contained(BenchArguments& arguments) {
    SEWA_TRY(auto const folder, RunFolder::make(arguments.folder));
    auto& plan = arguments.plan;
    plan.secret = SecureRandom().hex(64);
    std::ofstream(folder / "secret") << plan.secret << '\n';
    SEWA_CHECK(fill(arguments, folder / "data"));
    auto wanted = server_arguments(arguments, folder);
    SEWA_TRY(auto server, bench::ServerProcess::start(wanted));
    auto const startup_s = server->startup_seconds();
    wanted.listen = server->address().text();
    bench::Target target{server->address(), server->pid(), {}};
    target.restart = [&](pid_t& pid) -> Status {
        server->kill();
        SEWA_TRY(server, bench::ServerProcess::start(wanted));
        pid = server->pid();
        return {};
    };
    auto report = bench::run_plan(plan, target, progress);
    if (report) (*report)->startup_s = startup_s;
    SEWA_CHECK(show(report, arguments));
    return server->stop() ? Status{} : fail(Errc::kInternal, "the server did not end well");
}

Status run_against(BenchArguments& arguments) {
    std::string_view address = arguments.url;
    constexpr std::string_view kScheme = "ws://";
    if (!address.starts_with(kScheme)) {
        return fail(Errc::kBadRequest, "--url is like ws://127.0.0.1:8000");
    }
    address.remove_prefix(kScheme.size());
    address = address.substr(0, address.find('/'));
    if (arguments.secret_file.empty()) {
        return fail(Errc::kBadRequest, "name the server's secret with --jwt-secret-file FILE");
    }
    bench::Target target;
    SEWA_TRY(target.address, net::parse_address(address));
    SEWA_TRY(arguments.plan.secret, auth::read_secret_file(arguments.secret_file));
    target.pid = arguments.server_pid;
    return show(bench::run_plan(arguments.plan, target, progress), arguments);
}

void run_bench(BenchArguments& arguments) {
    if (auto const complete_status = complete(arguments); !complete_status) {
        fail_command(complete_status.error(), ExitCode::kUsage);
    }
    auto const& plan = arguments.plan;
    bool const is_load = arguments.prepare.empty();
    auto const limit =
        is_load ? raise_descriptor_limit(plan, arguments.is_self_contained) : Status{};
    if (!limit) fail_command(limit.error(), ExitCode::kUsage);
    auto const status = !is_load                      ? fill(arguments, arguments.prepare)
                        : arguments.is_self_contained ? run_self_contained(arguments)
                                                      : run_against(arguments);
    if (!status) fail_command(status.error());
}

}  // namespace

void register_bench(CLI::App& app) {
    auto* const command =
        app.add_subcommand("bench", "Load a server and report speed; fails when anything is lost");
    auto const arguments = std::make_shared<BenchArguments>();
    add_arguments(*command, *arguments);
    command->callback([arguments] { run_bench(*arguments); });
}

}  // namespace sewa::cli
