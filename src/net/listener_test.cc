#include "net/listener.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include "net/loopback_for_test.h"
#include "shard/shards.h"

namespace sewa::net {
namespace {

// Blocking until connected, then non-blocking.
Peer dial(Address const& address) {
    sockaddr_storage storage{};
    auto const length = to_sockaddr(address, storage);
    UniqueFd fd(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&storage), length), 0);
    ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
    return Peer(std::move(fd));
}

class ListenerTest : public testing::Test {
protected:
    void listen(ListenerOptions options, char const* address = "127.0.0.1:0") {
        ListenerTarget target{&loopback_.table,
                              [this] { return std::make_unique<LoggingProtocol>(loopback_.log); }};
        auto opened =
            Listener::open(loopback_.loop, *parse_address(address), {target}, std::move(options));
        ASSERT_TRUE(opened) << opened.error().message;
        listener_ = std::move(*opened);
    }

    // Until the peer sees the end of the stream or its time is over.
    bool is_ended(Peer& peer) {
        for (int i = 0; i < 100; ++i) {
            loopback_.turn();
            received_ += peer.read();
            if (peer.is_at_end()) return true;
            pollfd descriptor{peer.fd(), POLLIN, 0};
            poll(&descriptor, 1, 1);
        }
        return false;
    }

    Loopback loopback_;
    std::unique_ptr<Listener> listener_;
    std::string received_;
};

TEST_F(ListenerTest, port_0_is_chosen_and_readable_and_bytes_arrive) {
    for (auto const* address : {"127.0.0.1:0", "[::1]:0"}) {
        listen({}, address);
        EXPECT_NE(listener_->bound().port, 0);
        auto peer = dial(listener_->bound());
        peer.write("hello");
        loopback_.turn(3);
        EXPECT_EQ(loopback_.log.received, "hello");
        EXPECT_TRUE(loopback_.connection == nullptr);
        loopback_.log.received.clear();
    }
}

TEST_F(ListenerTest, the_remote_address_is_the_peers) {
    listen({});
    Address seen;
    loopback_.log.on_bytes = [&](Connection& connection, std::span<char> bytes) {
        seen = connection.remote_address();
        return bytes.size();
    };
    auto peer = dial(listener_->bound());
    peer.write("x");
    loopback_.turn(3);
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    getsockname(peer.fd(), reinterpret_cast<sockaddr*>(&storage), &length);
    EXPECT_EQ(seen, from_sockaddr(storage));
    EXPECT_TRUE(seen.is_loopback());
}

TEST_F(ListenerTest, an_address_in_use_is_an_error_that_says_so) {
    listen({});
    auto const again =
        Listener::open(loopback_.loop, listener_->bound(), {{&loopback_.table, nullptr}}, {});
    ASSERT_FALSE(again);
    EXPECT_NE(again.error().message.find("another process listens there"), std::string::npos);
}

TEST_F(ListenerTest, accepts_are_bounded_per_turn) {
    listen({.accepts_per_turn_max = 3});
    std::vector<Peer> peers;
    for (int i = 0; i < 5; ++i) peers.push_back(dial(listener_->bound()));
    loopback_.turn();
    EXPECT_EQ(loopback_.table.size(), 3u);
    loopback_.turn();
    EXPECT_EQ(loopback_.table.size(), 5u);
}

TEST_F(ListenerTest, one_connection_above_the_limit_is_told_and_closed_and_the_next_fits_again) {
    listen({.connections_max = 2, .refusal = "busy"});
    auto first = dial(listener_->bound());
    auto second = dial(listener_->bound());
    auto third = dial(listener_->bound());
    EXPECT_TRUE(is_ended(third));
    EXPECT_EQ(received_, "busy");
    EXPECT_EQ(listener_->counters().refused.get(), 1u);
    EXPECT_EQ(loopback_.table.size(), 2u);

    first.close();
    loopback_.turn(3);
    auto fourth = dial(listener_->bound());
    loopback_.turn(2);
    EXPECT_EQ(loopback_.table.size(), 2u);
    EXPECT_EQ(listener_->counters().refused.get(), 1u);
}

TEST_F(ListenerTest, after_close_nobody_gets_in_and_nobody_is_thrown_out) {
    listen({});
    auto peer = dial(listener_->bound());
    loopback_.turn(2);
    listener_->close();
    peer.write("still here");
    loopback_.turn(2);
    EXPECT_EQ(loopback_.log.received, "still here");
}

// Lowers the process's limit so that no descriptor is left, for as long as it lives.
class NoDescriptorsLeft {
public:
    NoDescriptorsLeft() {
        getrlimit(RLIMIT_NOFILE, &before_);
        UniqueFd const next(::open("/dev/null", O_RDONLY));
        rlimit now = before_;
        now.rlim_cur = static_cast<rlim_t>(next.get());
        EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &now), 0);
    }
    ~NoDescriptorsLeft() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

TEST_F(ListenerTest, without_descriptors_the_excess_is_accepted_and_closed_and_then_it_recovers) {
    listen({});
    auto first = dial(listener_->bound());
    auto second = dial(listener_->bound());
    {
        NoDescriptorsLeft const none;
        EXPECT_TRUE(is_ended(first));
        EXPECT_TRUE(is_ended(second));
        EXPECT_EQ(listener_->counters().out_of_descriptors.get(), 2u);
        EXPECT_EQ(loopback_.table.size(), 0u);
        // Nothing is left to accept: the loop does not spin.
        auto const events = loopback_.loop.counters().events.load();
        loopback_.turn(10);
        EXPECT_EQ(loopback_.loop.counters().events.load(), events);
    }
    auto third = dial(listener_->bound());
    loopback_.turn(2);
    EXPECT_EQ(loopback_.table.size(), 1u);
}

TEST(Listener, connections_are_dealt_out_to_the_shards_in_turn) {
    SystemClock const clock;
    shard::Shards shards(3, clock);
    std::vector<std::unique_ptr<ConnectionTable>> tables;
    std::vector<ListenerTarget> targets;
    ProtocolLog log;
    for (std::uint16_t i = 0; i < 3; ++i) {
        tables.push_back(
            std::make_unique<ConnectionTable>(shards.loop(ShardId{i}), ConnectionOptions{}, 100));
        targets.push_back(
            {tables.back().get(), [&log] { return std::make_unique<LoggingProtocol>(log); }});
    }
    auto listener = std::move(
        *Listener::open(shards.loop(ShardId{0}), *parse_address("127.0.0.1:0"), targets, {}));
    std::vector<Peer> peers;
    for (int i = 0; i < 30; ++i) peers.push_back(dial(listener->bound()));
    for (int i = 0; i < 30; ++i) {
        for (std::uint16_t s = 0; s < 3; ++s) shards.loop(ShardId{s}).turn(0);
    }
    for (auto const& table : tables) EXPECT_EQ(table->size(), 10u);
}

}  // namespace
}  // namespace sewa::net
