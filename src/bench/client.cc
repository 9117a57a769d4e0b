#include "bench/client.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "ws/encoder.h"
#include "ws/handshake.h"

namespace sewa::bench {

namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr std::size_t kHeadBytesMax = 16 * 1024;

// RFC 6455 wants keys and masks that a script in a browser cannot foresee, against proxies that
// would take frames for requests. There is neither here, and constants cost nothing.
constexpr std::string_view kKey = "c2V3YS1iZW5jaC1rZXktMA==";
constexpr std::uint32_t kMask = 0x5A17C3E9;

constexpr std::uint32_t kClientsPerSource = 1000;
constexpr std::uint32_t kSources = 200;

// An address has 28,000 ports for one server, those of ended connections included, and the kernel
// searches for the last free ones for milliseconds. On this machine 127.0.0.2 to .201 are ours too.
void choose_source(int fd, net::Address const& server, std::uint32_t index) {
    if (!server.is_ipv4() || !server.is_loopback()) return;
    net::Address source = server;
    source.port = 0;
    source.ip[15] = static_cast<std::uint8_t>(2 + index / kClientsPerSource % kSources);
    sockaddr_storage storage{};
    auto const length = net::to_sockaddr(source, storage);
    int const later = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof later);
    // Where it cannot be had, the kernel chooses.
    static_cast<void>(::bind(fd, reinterpret_cast<sockaddr const*>(&storage), length));
}

std::string accept_line() {
    return "Sec-WebSocket-Accept: " + ws::accept_key(kKey) + "\r\n";
}

}  // namespace

Clients::Clients(shard::Loop& loop, net::Address const& server, ClientOwner& owner)
    : loop_(loop), server_(server), owner_(owner), buffer_(kReadBytes) {
    loop_.add_hook(shard::TurnStage::kFlush, *this);
}

Clients::~Clients() {
    loop_.remove_hook(*this);
}

void Clients::on_turn_end(shard::TurnStage) {
    // A client that is lost while it is flushed marks nobody dirty.
    for (std::size_t i = 0; i < dirty_.size(); ++i) dirty_[i]->flush();
    dirty_.clear();
}

void Client::connect(std::string_view target, std::string_view headers) {
    drop();
    sockaddr_storage storage{};
    auto const length = net::to_sockaddr(clients_.server_, storage);
    net::UniqueFd fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) return clients_.owner_.on_lost(*this, strerror(errno));
    if (auto const& bytes = clients_.receive_buffer_bytes; bytes != 0) {
        setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    choose_source(fd.get(), clients_.server_, index_);
    auto const* const name = reinterpret_cast<sockaddr const*>(&storage);
    if (::connect(fd.get(), name, length) != 0 && errno != EINPROGRESS) {
        return clients_.owner_.on_lost(*this, strerror(errno));
    }
    socket_ = net::Socket(std::move(fd), nullptr);
    socket_.set_no_delay();
    if (auto const watched = clients_.loop_.watch(socket_.fd(), EPOLLIN | EPOLLOUT, *this);
        !watched) {
        return clients_.owner_.on_lost(*this, watched.error().message);
    }
    watches_write_ = true;
    reads_ = true;
    state_ = State::kConnecting;
    out_ = fmt::format(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\n{}\r\n",
        target, clients_.server_.text(), kKey, headers);
}

void Client::drop() {
    if (state_ == State::kDown) return;
    if (is_dirty_) std::erase(clients_.dirty_, this);
    is_dirty_ = false;
    clients_.loop_.unwatch(socket_.fd(), *this);
    socket_.close();
    state_ = State::kDown;
    if (!is_receiving_) decoder_.reset();
    out_.clear();
    head_.clear();
}

void Client::lose(std::string_view why) {
    std::string const reason(why);
    drop();
    if (is_receiving_) {
        decoder_->pause();
        lost_ = reason;
    } else {
        clients_.owner_.on_lost(*this, reason);
    }
}

void Client::send(ws::Opcode opcode, std::string_view payload) {
    ws::append_frame(out_, {.opcode = opcode, .mask = kMask}, payload);
    mark_dirty();
}

void Client::on_binary(std::string_view bytes) {
    if (!clients_.owner_.on_binary(*this, bytes)) lose("the server sent a binary frame");
}

void Client::mark_dirty() {
    if (is_dirty_ || watches_write_) return;
    is_dirty_ = true;
    clients_.dirty_.push_back(this);
}

void Client::on_ready(std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) {
        if (state_ == State::kConnecting) state_ = State::kUpgrading;
        flush();
    }
    bool const is_readable = (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    if (is_readable && state_ != State::kDown) read();
}

void Client::set_reading(bool reads) {
    if (reads_ == reads) return;
    reads_ = reads;
    watch_anew();
}

void Client::watch_anew() {
    std::uint32_t const input = reads_ ? EPOLLIN : 0U;
    clients_.loop_.rewatch(socket_.fd(), watches_write_ ? input | EPOLLOUT : input, *this);
}

void Client::flush() {
    is_dirty_ = false;
    if (state_ == State::kDown) return;
    iovec const part{out_.data(), out_.size()};
    auto const result = out_.empty() ? net::IoResult{} : socket_.send({&part, 1});
    if (result.state == net::IoState::kClosed) return lose("the server closed the connection");
    out_.erase(0, result.bytes);
    clients_.bytes_out += result.bytes;
    bool const wants_write = !out_.empty();
    if (wants_write == watches_write_) return;
    watches_write_ = wants_write;
    watch_anew();
}

void Client::read() {
    auto const result = socket_.receive(clients_.buffer_);
    if (result.state == net::IoState::kClosed) return lose("the server closed the connection");
    clients_.bytes_in += result.bytes;
    std::span<char> const bytes(clients_.buffer_.data(), result.bytes);
    if (state_ != State::kOpen) return end_handshake(bytes);
    receive(bytes);
}

void Client::receive(std::span<char> bytes) {
    is_receiving_ = true;
    decoder_->feed(bytes, *this);
    is_receiving_ = false;
    if (lost_.empty()) return;
    decoder_.reset();
    clients_.owner_.on_lost(*this, std::exchange(lost_, {}));
}

void Client::end_handshake(std::span<char> bytes) {
    static std::string const kAccept = accept_line();
    head_.append(bytes.data(), bytes.size());
    auto const end = head_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (head_.size() > kHeadBytesMax) lose("the answer to the handshake has no end");
        return;
    }
    std::string_view const head(head_.data(), end + 4);
    if (!head.starts_with("HTTP/1.1 101 ") || head.find(kAccept) == std::string_view::npos) {
        return lose("refused: " + std::string(head.substr(0, head.find('\r'))));
    }
    std::string rest = head_.substr(end + 4);
    head_ = {};
    state_ = State::kOpen;
    decoder_ = std::make_unique<ws::Decoder>(clients_.decoder_options_, ws::Compression::kNone);
    clients_.owner_.on_open(*this);
    if (!rest.empty() && state_ == State::kOpen) receive(rest);
}

void Client::on_ping(std::string_view payload) {
    out_ += ws::pong_frame(payload, kMask).wire();
    mark_dirty();
}

void Client::on_close(std::uint16_t code, std::string_view reason) {
    lose(fmt::format("the server closed with {}: {}", code, reason));
}

}  // namespace sewa::bench
