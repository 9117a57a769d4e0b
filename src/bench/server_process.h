#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/address.h"
#include "net/socket.h"

namespace sewa::bench {

struct ServerArguments {
    std::string data_folder;
    std::string secret_file;
    std::string listen = "127.0.0.1:0";
    std::vector<std::string> settings;  // "key=value", as for `sewa serve --set`.
    bool is_pinned = false;             // To the first usable core.
};

// `sewa serve` of this same program as a child, which dies with us. Start-up and monitor only.
class ServerProcess {
public:
    // Returns when it listens. Its log goes to `server.log` in the data folder.
    static Result<std::unique_ptr<ServerProcess>> start(ServerArguments const& arguments);
    ~ServerProcess();
    ServerProcess(ServerProcess const&) = delete;
    ServerProcess& operator=(ServerProcess const&) = delete;

    pid_t pid() const { return pid_; }
    net::Address const& address() const { return address_; }
    double startup_seconds() const { return startup_s_; }

    // SIGKILL, and waits until it is gone.
    void kill();
    // SIGTERM, and waits for its end. False when it did not end well.
    bool stop();

private:
    ServerProcess(pid_t pid, net::UniqueFd output) : pid_(pid), output_(std::move(output)) {}
    Status read_greeting(std::string const& log_file);

    pid_t pid_;
    net::UniqueFd output_;
    net::Address address_;
    double startup_s_ = 0;
};

}  // namespace sewa::bench
