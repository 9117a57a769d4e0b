#include "bench/server_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "bench/board.h"
#include "bench/process_usage.h"

namespace sewa::bench {

namespace {

constexpr int kStartMsMax = 120'000;
constexpr std::string_view kGreeting = "listens on http://";

std::vector<std::string> command_line(ServerArguments const& arguments) {
    std::vector<std::string> line{
        "sewa", "serve", "--listen", arguments.listen, "--data", arguments.data_folder,
        "--jwt-secret-file", arguments.secret_file,
        // The generator sends more than a person would.
        "--set", "limits.frames_per_minute=0", "--set", "limits.user_writes_per_minute=0", "--set",
        "limits.conversation_messages_per_minute=0", "--set", "metrics.listen=127.0.0.1:0"};
    for (auto const& setting : arguments.settings) {
        line.emplace_back("--set");
        line.push_back(setting);
    }
    return line;
}

[[noreturn]] void become_server(ServerArguments const& arguments, int output, int log) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (arguments.is_pinned) pin_to_core(0);
    dup2(output, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    auto line = command_line(arguments);
    std::vector<char*> pointers;
    for (auto& word : line) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv("/proc/self/exe", pointers.data());
    _exit(127);
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(ServerArguments const& arguments) {
    std::array<int, 2> pipe{};
    auto const log_file = arguments.data_folder + "/server.log";
    net::UniqueFd const log(
        ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log || ::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        return fail(Errc::kUnavailable, "cannot write " + log_file);
    }
    net::UniqueFd output(pipe[0]);
    net::UniqueFd const input(pipe[1]);
    auto const started_ns = now_ns();
    auto const pid = fork();
    if (pid < 0) return fail(Errc::kUnavailable, "cannot start a process");
    if (pid == 0) become_server(arguments, input.get(), log.get());
    std::unique_ptr<ServerProcess> server(new ServerProcess(pid, std::move(output)));
    SEWA_CHECK(server->read_greeting(log_file));
    server->startup_s_ = static_cast<double>(now_ns() - started_ns) / 1e9;
    return server;
}

Status ServerProcess::read_greeting(std::string const& log_file) {
    std::string text;
    std::array<char, 4096> buffer{};
    pollfd ready{output_.get(), POLLIN, 0};
    while (text.find('\n') == std::string::npos) {
        auto const bytes = poll(&ready, 1, kStartMsMax) == 1
                               ? ::read(output_.get(), buffer.data(), buffer.size())
                               : -1;
        if (bytes <= 0) {
            return fail(Errc::kUnavailable, "the server does not start; see " + log_file);
        }
        text.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    auto const at = text.find(kGreeting);
    if (at == std::string::npos) return fail(Errc::kInternal, "no address in: " + text);
    auto const from = at + kGreeting.size();
    SEWA_TRY(address_, net::parse_address(text.substr(from, text.find('\n', from) - from)));
    return {};
}

ServerProcess::~ServerProcess() {
    kill();
}

void ServerProcess::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

bool ServerProcess::stop() {
    if (pid_ <= 0) return false;
    ::kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace sewa::bench
