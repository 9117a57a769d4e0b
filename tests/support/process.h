#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "deadline.h"

namespace sewa::e2e {

// The server's program: the one that is built with the tests, or the one that the environment's
// TEST_SERVER_BINARY names.
std::string server_binary();

struct Command {
    std::vector<std::string> arguments;
    std::string log_file;                    // Where stderr goes, at its end.
    std::function<void()> before_exec = {};  // In the child; async-signal-safe calls only.
};

// A child process with its output in a pipe. Killed with the object.
class Process {
public:
    explicit Process(Command const& command);
    ~Process();
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    // A line of stdout without its end; what there is when the output ends or time is up.
    std::string read_line(Deadline deadline = Deadline());
    std::string read_all(Deadline deadline = Deadline());
    void signal(int number) const;
    // The exit code; 128 + n after signal n; -1 when it does not end in time.
    int wait(Deadline deadline = Deadline());
    pid_t pid() const { return pid_; }

private:
    bool fill(Deadline deadline);

    pid_t pid_ = -1;
    int output_ = -1;
    std::string read_;
};

}  // namespace sewa::e2e
