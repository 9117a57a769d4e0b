#include "net/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sewa::net {

namespace {

constexpr std::size_t kTlsRecordMax = 16 * 1024;
constexpr std::size_t kFileBytesMax = 256 * 1024;

IoResult outcome(ssize_t moved, IoState when_blocked) {
    if (moved > 0) return {IoState::kDone, static_cast<std::size_t>(moved)};
    if (moved < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        return {when_blocked};
    }
    return {IoState::kClosed};
}

}  // namespace

void UniqueFd::reset(int fd) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
}

Socket::Socket(UniqueFd fd, ssl_st* tls) : tls_(tls), fd_(fd.release()) {
    if (tls_ != nullptr) SSL_set_fd(tls_, fd_);
}

Socket::Socket(Socket&& other) noexcept
    : tls_(std::exchange(other.tls_, nullptr)), fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(tls_, other.tls_);
    return *this;
}

IoResult Socket::receive(std::span<char> room) {
    if (tls_ == nullptr) {
        return outcome(::recv(fd_, room.data(), room.size(), 0), IoState::kWantsRead);
    }
    // Record after record until the room is full: what stays inside OpenSSL would not be announced.
    IoResult last;
    std::size_t filled = 0;
    while (filled < room.size()) {
        ERR_clear_error();
        int const got =
            SSL_read(tls_, room.data() + filled, static_cast<int>(room.size() - filled));
        last = tls_outcome(got);
        if (last.state != IoState::kDone) break;
        filled += last.bytes;
    }
    if (filled > 0) return {IoState::kDone, filled};
    return last;
}

bool Socket::has_pending() const {
    return tls_ != nullptr && SSL_pending(tls_) > 0;
}

IoResult Socket::send(std::span<iovec const> parts) {
    if (tls_ != nullptr) return send_tls(parts);
    if (parts.size() == 1) {
        auto const sent = ::send(fd_, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
        return outcome(sent, IoState::kWantsWrite);
    }
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    return outcome(::sendmsg(fd_, &message, MSG_NOSIGNAL), IoState::kWantsWrite);
}

IoResult Socket::send_tls(std::span<iovec const> parts) {
    std::array<char, kTlsRecordMax> record;
    std::size_t size = 0;
    for (auto const& part : parts) {
        auto const take = std::min(part.iov_len, record.size() - size);
        std::memcpy(record.data() + size, part.iov_base, take);
        size += take;
        if (size == record.size()) break;
    }
    ERR_clear_error();
    return tls_outcome(SSL_write(tls_, record.data(), static_cast<int>(size)));
}

IoResult Socket::send_file(FileRange const& range) {
    auto const size = std::min(range.length, tls_ == nullptr ? kFileBytesMax : kTlsRecordMax);
    auto offset = static_cast<off_t>(range.offset);
    if (tls_ == nullptr) {
        return outcome(::sendfile(fd_, range.fd, &offset, size), IoState::kWantsWrite);
    }
    std::array<char, kTlsRecordMax> record;
    auto const got = ::pread(range.fd, record.data(), size, offset);
    if (got <= 0) return {IoState::kClosed};
    ERR_clear_error();
    return tls_outcome(SSL_write(tls_, record.data(), static_cast<int>(got)));
}

IoResult Socket::tls_outcome(int result) const {
    if (result > 0) return {IoState::kDone, static_cast<std::size_t>(result)};
    switch (SSL_get_error(tls_, result)) {
        case SSL_ERROR_WANT_READ:
            return {IoState::kWantsRead};
        case SSL_ERROR_WANT_WRITE:
            return {IoState::kWantsWrite};
        default:
            return {IoState::kClosed};
    }
}

void Socket::shutdown_write() {
    if (tls_ != nullptr && SSL_is_init_finished(tls_)) {
        ERR_clear_error();
        SSL_shutdown(tls_);
    }
    ::shutdown(fd_, SHUT_WR);
}

void Socket::set_no_delay() {
    int const on = 1;
    // Fails on sockets that are no TCP, which need none.
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Socket::close() {
    if (tls_ != nullptr) SSL_free(std::exchange(tls_, nullptr));
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace sewa::net
