#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/connection_table.h"

namespace sewa::net {

// The other end of a Connection under test: a plain non-blocking socket.
class Peer {
public:
    explicit Peer(UniqueFd fd) : fd_(std::move(fd)) {}

    void write(std::string_view bytes) {
        EXPECT_EQ(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    // What has arrived by now.
    std::string read(std::size_t bytes_max = 1 << 17) {
        std::string bytes(bytes_max, '\0');
        auto const got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        is_at_end_ = got == 0;
        return bytes;
    }
    // The last `read` met the end of the stream.
    bool is_at_end() const { return is_at_end_; }
    void close() { fd_.reset(); }
    void shutdown_write() { ::shutdown(fd_.get(), SHUT_WR); }
    int fd() const { return fd_.get(); }

private:
    UniqueFd fd_;
    bool is_at_end_ = false;
};

// What a test's Protocol saw. Outlives it.
struct ProtocolLog {
    std::string received;
    int drained = 0;
    int closed = 0;
    // Decides how much is consumed; everything when not set.
    std::function<std::size_t(Connection&, std::span<char>)> on_bytes;
    std::function<void(Connection&)> on_drained;
    std::function<void(Connection&)> on_closed;
};

class LoggingProtocol final : public Protocol {
public:
    explicit LoggingProtocol(ProtocolLog& log) : log_(log) {}

    std::size_t on_bytes(Connection& connection, std::span<char> bytes) override {
        auto const consumed = log_.on_bytes ? log_.on_bytes(connection, bytes) : bytes.size();
        log_.received.append(bytes.data(), consumed);
        return consumed;
    }
    void on_drained(Connection& connection) override {
        ++log_.drained;
        if (log_.on_drained) log_.on_drained(connection);
    }
    void on_closed(Connection& connection) override {
        ++log_.closed;
        if (log_.on_closed) log_.on_closed(connection);
    }

private:
    ProtocolLog& log_;
};

// One loop and its table, driven by the test's thread over socket pairs.
struct Loopback {
    explicit Loopback(ConnectionOptions options = {}, std::size_t connections_max = 1000)
        : table(loop, options, connections_max) {}

    Peer connect(std::unique_ptr<Protocol> protocol = nullptr) {
        int ends[2];
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
        if (protocol == nullptr) protocol = std::make_unique<LoggingProtocol>(log);
        connection = *table.adopt(Socket(UniqueFd(ends[0]), nullptr), std::move(protocol));
        return Peer(UniqueFd(ends[1]));
    }
    void turn(int times = 1) {
        while (times-- > 0) loop.turn(0);
    }
    // Reads and turns until nothing comes any more. `Reader` is a Peer or speaks TLS like one.
    template <typename Reader>
    std::string read_all(Reader& reader) {
        std::string all;
        for (int quiet = 0; quiet < 3; ++quiet) {
            turn();
            for (auto text = reader.read(); !text.empty(); text = reader.read()) {
                all += text;
                quiet = 0;
            }
        }
        return all;
    }
    // Later: timers are late by up to a tick.
    void pass(std::int64_t ms) {
        clock.advance(ms + shard::TimerWheel::kTickMs);
        turn(2);
    }

    ShardScope const here{ShardId{0}};
    ManualClock clock;
    shard::Loop loop{ShardId{0}, clock};
    ProtocolLog log;
    ConnectionTable table;
    Connection* connection = nullptr;  // The last one.
};

}  // namespace sewa::net
