#include "echo_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace sewa::conformance {

namespace {

std::unique_ptr<EchoProcess> shared_process;

class SharedEcho final : public testing::Environment {
public:
    void SetUp() override { shared_process = std::make_unique<EchoProcess>(); }
    void TearDown() override { shared_process.reset(); }
};

auto* const environment = testing::AddGlobalTestEnvironment(new SharedEcho);

std::string read_line(int fd) {
    std::string line;
    char c;
    while (read(fd, &c, 1) == 1 && c != '\n') line += c;
    return line;
}

}  // namespace

EchoProcess::EchoProcess() {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) std::abort();
    pid_ = fork();
    if (pid_ == 0) {
        dup2(pipe_ends[1], STDOUT_FILENO);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
        execl(SEWA_WS_ECHO, SEWA_WS_ECHO, "--listen", "127.0.0.1:0", "--max-message", "16777216",
              nullptr);
        _exit(127);
    }
    close(pipe_ends[1]);
    output_ = pipe_ends[0];
    auto const line = read_line(output_);
    auto const colon = line.rfind(':');
    if (colon != std::string::npos) {
        port_ = static_cast<std::uint16_t>(std::strtoul(line.c_str() + colon + 1, nullptr, 10));
    }
    if (port_ == 0)
        std::fprintf(stderr, "%s did not say its port: '%s'\n", SEWA_WS_ECHO, line.c_str());
}

EchoProcess::~EchoProcess() {
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(pid_, &status, 0);
    close(output_);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "echo ended with " << status;
}

std::uint16_t echo_port() {
    (void)environment;
    return shared_process->port();
}

}  // namespace sewa::conformance
