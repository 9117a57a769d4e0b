#include "tcp.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sewa::e2e {

Tcp::Tcp(std::uint16_t port, Options options) : receive_max_(options.receive_max) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int const on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (options.receive_buffer != 0) {
        setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer, sizeof(int));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) cut();
}

Tcp::~Tcp() {
    cut();
}

Tcp::Tcp(Tcp&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), receive_max_(other.receive_max_) {}

Tcp& Tcp::operator=(Tcp&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(receive_max_, other.receive_max_);
    return *this;
}

bool Tcp::send(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

Tcp::Read Tcp::receive(std::string& out, Deadline deadline) {
    if (fd_ < 0) return Read::kEnd;
    pollfd wanted{fd_, POLLIN, 0};
    if (::poll(&wanted, 1, deadline.ms_left()) <= 0) return Read::kTimeout;
    std::array<char, 65'536> buffer;
    auto const count = ::recv(fd_, buffer.data(), std::min(buffer.size(), receive_max_), 0);
    if (count <= 0) return Read::kEnd;
    out.append(buffer.data(), static_cast<std::size_t>(count));
    return Read::kData;
}

void Tcp::cut() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace sewa::e2e
