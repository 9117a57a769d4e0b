#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "deadline.h"

namespace sewa::e2e {

// A blocking connection to 127.0.0.1. Ends with the object; may be moved.
class Tcp {
public:
    struct Options {
        int receive_buffer = 0;  // SO_RCVBUF, for a reader that shall look slow; 0: the kernel's.
        std::size_t receive_max = 65'536;  // Bytes at a time.
    };
    Tcp(std::uint16_t port, Options options);
    explicit Tcp(std::uint16_t port) : Tcp(port, Options{}) {}
    ~Tcp();
    Tcp(Tcp&& other) noexcept;
    Tcp& operator=(Tcp&& other) noexcept;

    bool is_open() const { return fd_ >= 0; }
    // False when the peer has gone.
    bool send(std::string_view bytes);
    enum class Read { kData, kEnd, kTimeout };
    // What is there next, at the end of `out`.
    Read receive(std::string& out, Deadline deadline);
    // Ends it without a word, as a crash or a pulled cable would.
    void cut();

private:
    int fd_ = -1;
    std::size_t receive_max_;
};

}  // namespace sewa::e2e
