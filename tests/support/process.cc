#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

namespace sewa::e2e {

std::string server_binary() {
    char const* const another = std::getenv("TEST_SERVER_BINARY");
    return another == nullptr ? SEWA_BINARY : another;
}

Process::Process(Command const& command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    std::vector<char*> arguments;
    for (auto const& argument : command.arguments) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
        // A test that crashes leaves no server behind.
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(ends[1], STDOUT_FILENO);
        int const log = ::open(command.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (log >= 0) ::dup2(log, STDERR_FILENO);
        if (command.before_exec) command.before_exec();
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
}

Process::~Process() {
    if (pid_ > 0) {
        signal(SIGKILL);
        wait();
    }
    ::close(output_);
}

bool Process::fill(Deadline deadline) {
    pollfd wanted{output_, POLLIN, 0};
    if (::poll(&wanted, 1, deadline.ms_left()) <= 0) return false;
    std::array<char, 4096> buffer;
    auto const count = ::read(output_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    read_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::string Process::read_line(Deadline deadline) {
    std::size_t end = std::string::npos;
    while ((end = read_.find('\n')) == std::string::npos) {
        if (!fill(deadline)) return std::exchange(read_, {});
    }
    auto line = read_.substr(0, end);
    read_.erase(0, end + 1);
    return line;
}

std::string Process::read_all(Deadline deadline) {
    while (fill(deadline)) {
    }
    return std::exchange(read_, {});
}

void Process::signal(int number) const {
    if (pid_ > 0) ::kill(pid_, number);
}

int Process::wait(Deadline deadline) {
    int status = 0;
    bool const has_ended =
        eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; }, deadline);
    if (!has_ended) return -1;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace sewa::e2e
