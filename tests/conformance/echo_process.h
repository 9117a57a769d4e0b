#pragma once

#include <sys/types.h>

#include <cstdint>

namespace sewa::conformance {

// A `sewa-ws-echo` of its own on a free port of 127.0.0.1, ended with this object.
class EchoProcess {
public:
    EchoProcess();
    ~EchoProcess();
    EchoProcess(EchoProcess const&) = delete;
    EchoProcess& operator=(EchoProcess const&) = delete;

    std::uint16_t port() const { return port_; }

private:
    pid_t pid_ = -1;
    int output_ = -1;
    std::uint16_t port_ = 0;
};

// The port of the process that all tests of this program share.
std::uint16_t echo_port();

}  // namespace sewa::conformance
