#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

struct ssl_st;

namespace sewa::net {

// A descriptor that is closed with its owner.
class UniqueFd {
public:
    UniqueFd() = default;
    explicit UniqueFd(int fd) : fd_(fd) {}
    UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        if (this != &other) reset(std::exchange(other.fd_, -1));
        return *this;
    }
    ~UniqueFd() { reset(); }

    int get() const { return fd_; }
    int release() { return std::exchange(fd_, -1); }
    void reset(int fd = -1);
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

enum class IoState : std::uint8_t {
    kDone,        // `bytes` were moved.
    kWantsRead,   // Nothing moved; try again when the socket is readable.
    kWantsWrite,  // Nothing moved; try again when the socket is writable.
    kClosed,      // The peer is gone, or what it sent is not TLS.
};

struct IoResult {
    IoState state = IoState::kDone;
    std::size_t bytes = 0;
};

// Part of a file for `Socket::send_file`.
struct FileRange {
    int fd;
    std::uint64_t offset;
    std::size_t length;
};

// The narrow seam to the kernel: a connected non-blocking stream socket, plain or TLS.
//
// Shard-local; 12 bytes and 4 of padding. With TLS (OpenSSL) the handshake happens inside the first
// reads; record buffers are released while idle, which leaves about 14 KiB per connection inside
// OpenSSL.
class Socket {
public:
    Socket() = default;
    // `tls` from `TlsContext::new_session`, or null for plain; owned from here on.
    Socket(UniqueFd fd, ssl_st* tls);
    Socket(Socket&& other) noexcept;
    Socket& operator=(Socket&& other) noexcept;
    ~Socket() { close(); }

    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    bool is_tls() const { return tls_ != nullptr; }

    // Fills as much of `room` as is there. kClosed also at the end of the stream.
    IoResult receive(std::span<char> room);
    // Bytes that were received and decrypted already, so that no readiness will announce them.
    bool has_pending() const;
    // One system call for all parts (one record of at most 16 KiB with TLS). After kWantsRead or
    // kWantsWrite on TLS, the next call must begin with the same bytes, at least as many.
    IoResult send(std::span<iovec const> parts);
    // At most 256 KiB (16 KiB with TLS) per call, from the page cache.
    IoResult send_file(FileRange const& range);

    void shutdown_write();
    void set_no_delay();
    void close();

private:
    IoResult send_tls(std::span<iovec const> parts);
    IoResult tls_outcome(int result) const;

    ssl_st* tls_ = nullptr;
    int fd_ = -1;
};

}  // namespace sewa::net
