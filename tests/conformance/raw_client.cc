#include "raw_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "echo_process.h"
#include "ws/deflate.h"

namespace sewa::conformance {

namespace {

constexpr int kSilenceMsMax = 20'000;
constexpr std::string_view kEndOfHead = "\r\n\r\n";

int connect_to_echo() {
    int const fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(echo_port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    int const on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

std::string request(Plan const& plan) {
    std::string head =
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    if (!plan.extensions.empty()) {
        head += "Sec-WebSocket-Extensions: " + plan.extensions + "\r\n";
    }
    return head + plan.more_headers + "\r\n";
}

// Both directions at once: a server that stops reading because nobody takes its answers must not
// make the client wait for ever.
class Exchange {
public:
    Exchange(int fd, std::string output, std::size_t chop)
        : fd_(fd), output_(std::move(output)), chop_(chop) {}

    // Until the server ends the stream or `stop_at` was read; false after silence or a reset.
    bool run(std::string_view stop_at = {}) {
        while (!ended_) {
            if (!stop_at.empty() && input.find(stop_at) != std::string::npos) return true;
            pollfd waiting{fd_, POLLIN, 0};
            if (sent_ < output_.size()) waiting.events |= POLLOUT;
            if (poll(&waiting, 1, kSilenceMsMax) <= 0) return false;
            if ((waiting.revents & POLLOUT) != 0) send_some();
            if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !receive_some())
                return false;
        }
        return true;
    }

    std::string input;

private:
    void send_some() {
        auto const left = output_.size() - sent_;
        auto const size = chop_ == 0 ? left : std::min(left, chop_);
        auto const done = ::send(fd_, output_.data() + sent_, size, MSG_NOSIGNAL);
        if (done > 0) sent_ += static_cast<std::size_t>(done);
        if (done < 0 && errno != EAGAIN) sent_ = output_.size();  // Reading tells the rest.
    }

    bool receive_some() {
        char buffer[65536];
        auto const size = recv(fd_, buffer, sizeof buffer, 0);
        if (size < 0) return errno == EAGAIN;
        ended_ = size == 0;
        input.append(buffer, static_cast<std::size_t>(size));
        return true;
    }

    int fd_;
    std::string output_;
    std::size_t chop_;
    std::size_t sent_ = 0;
    bool ended_ = false;
};

std::string header_value(std::string_view head, std::string_view name) {
    auto const at = head.find(name);
    if (at == std::string_view::npos) return {};
    auto const start = at + name.size();
    return std::string(head.substr(start, head.find("\r\n", start) - start));
}

Lines decode(std::string bytes, bool deflate) {
    ws::Inflater inflater;
    ws::DecoderOptions const options{
        .message_bytes_max = 1 << 26, .role = ws::Role::kClient, .inflater = &inflater};
    ws::Decoder decoder(options, deflate ? ws::Compression::kDeflate : ws::Compression::kNone);
    ws::EventLog log;
    decoder.feed(bytes, log);
    return log.lines;
}

}  // namespace

Answer talk(Plan const& plan) {
    int const fd = connect_to_echo();
    Exchange exchange(fd, request(plan) + plan.bytes, plan.chop);
    Answer answer;
    answer.ended = exchange.run();
    ::close(fd);
    auto const end = exchange.input.find(kEndOfHead);
    if (end == std::string::npos) return answer;
    answer.head = exchange.input.substr(0, end + kEndOfHead.size());
    answer.wire = exchange.input.substr(end + kEndOfHead.size());
    answer.extensions = header_value(answer.head, "Sec-WebSocket-Extensions: ");
    answer.events = decode(answer.wire, !answer.extensions.empty());
    return answer;
}

std::string talk_http(std::string const& request) {
    int const fd = connect_to_echo();
    Exchange exchange(fd, request, 0);
    EXPECT_TRUE(exchange.run(kEndOfHead));
    ::close(fd);
    return exchange.input;
}

void expect_echo(std::string const& bytes, Lines events, std::size_t chop) {
    auto const answer = talk({.bytes = bytes + close(1000), .chop = chop});
    events.emplace_back("close 1000 ");
    EXPECT_TRUE(answer.ended);
    EXPECT_EQ(answer.events, events);
}

void expect_failure(std::string const& bytes, Lines const& events, int code, std::size_t chop) {
    auto const answer = talk({.bytes = bytes, .chop = chop});
    EXPECT_TRUE(answer.ended);
    ASSERT_EQ(answer.events.size(), events.size() + 1);
    EXPECT_TRUE(std::equal(events.begin(), events.end(), answer.events.begin()));
    auto const expected = "close " + std::to_string(code) + " ";
    EXPECT_TRUE(answer.events.back().starts_with(expected)) << answer.events.back();
}

std::string text(std::string_view payload) {
    return ws::client_frame({}, payload);
}

std::string binary(std::string_view payload) {
    return ws::client_frame({.opcode = ws::Opcode::kBinary}, payload);
}

std::string ping(std::string_view payload) {
    return ws::client_frame({.opcode = ws::Opcode::kPing}, payload);
}

std::string pong(std::string_view payload) {
    return ws::client_frame({.opcode = ws::Opcode::kPong}, payload);
}

std::string close(std::uint16_t code, std::string_view reason) {
    return std::string(ws::close_frame(code, reason, ws::kMaskForTest).wire());
}

std::string part(ws::Opcode opcode, std::string_view payload) {
    return ws::client_frame({.opcode = opcode, .fin = false}, payload);
}

std::string last(std::string_view payload) {
    return ws::client_frame({.opcode = ws::Opcode::kContinuation}, payload);
}

std::string fragments(ws::Opcode opcode, std::string_view payload, std::size_t size) {
    std::string bytes;
    while (payload.size() > size) {
        bytes += part(opcode, payload.substr(0, size));
        payload.remove_prefix(size);
        opcode = ws::Opcode::kContinuation;
    }
    return bytes + ws::client_frame({.opcode = opcode}, payload);
}

std::string bare(unsigned char first) {
    return {static_cast<char>(first), static_cast<char>(0x80), 0, 0, 0, 0};
}

}  // namespace sewa::conformance
