#include "net/connection.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "net/loopback_for_test.h"

namespace sewa::net {
namespace {

SharedFrame frame_of(std::size_t payload_bytes, char name = 'x') {
    return SharedFrame::text(std::string(payload_bytes, name));
}

class OtherProtocol final : public Protocol {
public:
    explicit OtherProtocol(std::string& received) : received_(received) {}
    void on_open(Connection& connection) override { connection.send_bytes("welcome"); }
    std::size_t on_bytes(Connection&, std::span<char> bytes) override {
        received_.append(bytes.data(), bytes.size());
        return bytes.size();
    }

private:
    std::string& received_;
};

TEST(Connection, what_is_sent_in_a_turn_leaves_in_one_write_at_its_end) {
    Loopback loopback;
    auto peer = loopback.connect();
    loopback.log.on_bytes = [](Connection& connection, std::span<char> bytes) {
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(connection.send(frame_of(10)));
        connection.send_bytes("end");
        return bytes.size();
    };
    peer.write("go");
    loopback.turn();
    EXPECT_EQ(peer.read().size(), 10 * 12u + 3);
    EXPECT_EQ(loopback.table.counters().writes.get(), 1u);
}

TEST(Connection, an_idle_connection_holds_no_queue_and_no_input) {
    Loopback loopback;
    auto peer = loopback.connect();
    peer.write("hello");
    EXPECT_TRUE(loopback.connection->send(frame_of(10)));
    EXPECT_GT(loopback.connection->queued_bytes(), 0u);
    loopback.turn(2);
    EXPECT_EQ(loopback.connection->queued_bytes(), 0u);
}

TEST(Connection, unconsumed_bytes_come_again_with_more_behind_them) {
    Loopback loopback;
    auto peer = loopback.connect();
    std::vector<std::string> seen;
    loopback.log.on_bytes = [&](Connection&, std::span<char> bytes) {
        seen.emplace_back(bytes.data(), bytes.size());
        return bytes.size() < 6 ? std::size_t{0} : std::size_t{6};
    };
    for (auto const* text : {"abc", "def", "ghijklmno"}) {
        peer.write(text);
        loopback.turn();
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"abc", "abcdef", "ghijklmno"}));
    peer.write("pqr");
    loopback.turn();
    EXPECT_EQ(seen.back(), "mnopqr");
    EXPECT_EQ(loopback.log.received, "abcdefghijklmnopqr");
}

TEST(Connection, a_large_input_in_many_pieces_arrives_whole) {
    Loopback loopback;
    auto peer = loopback.connect();
    constexpr std::size_t kSize = 100'000;
    loopback.log.on_bytes = [](Connection&, std::span<char> bytes) {
        return bytes.size() < kSize ? std::size_t{0} : bytes.size();
    };
    std::string text;
    for (std::size_t i = 0; i < kSize; ++i) text += static_cast<char>('a' + i % 23);
    for (std::size_t at = 0; at < kSize; at += 1'000) {
        peer.write(std::string_view(text).substr(at, 1'000));
        loopback.turn();
    }
    EXPECT_EQ(loopback.log.received, text);
}

TEST(Connection, input_that_is_never_consumed_is_bounded) {
    Loopback loopback({.input_bytes_max = 2'000});
    auto peer = loopback.connect();
    loopback.log.on_bytes = [](Connection&, std::span<char>) { return std::size_t{0}; };
    for (int i = 0; i < 5; ++i) {
        peer.write(std::string(500, 'x'));
        loopback.turn(2);
    }
    EXPECT_EQ(loopback.log.closed, 1);
    EXPECT_EQ(loopback.table.counters().input_full.get(), 1u);
}

TEST(Connection, one_connection_reads_at_most_one_buffer_per_turn) {
    Loopback loopback;
    auto peer = loopback.connect();
    std::size_t largest = 0;
    loopback.log.on_bytes = [&](Connection&, std::span<char> bytes) {
        largest = std::max(largest, bytes.size());
        return bytes.size();
    };
    peer.write(std::string(150'000, 'x'));
    loopback.turn();
    EXPECT_EQ(loopback.log.received.size(), 65'536u);
    loopback.turn(2);
    EXPECT_EQ(loopback.log.received.size(), 150'000u);
    EXPECT_EQ(largest, 65'536u);
}

TEST(Connection, an_upgrade_passes_the_rest_on_and_opens_the_next_protocol) {
    Loopback loopback;
    auto peer = loopback.connect();
    std::string received;
    loopback.log.on_bytes = [&](Connection& connection, std::span<char>) {
        connection.send_bytes("switching ");
        connection.upgrade(std::make_unique<OtherProtocol>(received));
        return std::size_t{4};
    };
    peer.write("GET frames");
    loopback.turn();
    EXPECT_EQ(received, "frames");
    EXPECT_EQ(loopback.log.received, "GET ");
    EXPECT_EQ(peer.read(), "switching welcome");
    peer.close();
    loopback.turn(2);
    EXPECT_EQ(loopback.log.closed, 0);
}

TEST(Connection, an_upgrade_from_elsewhere_presents_the_kept_bytes) {
    Loopback loopback;
    auto peer = loopback.connect();
    std::string received;
    loopback.log.on_bytes = [](Connection&, std::span<char>) { return std::size_t{0}; };
    peer.write("kept");
    loopback.turn();
    loopback.connection->upgrade(std::make_unique<OtherProtocol>(received));
    loopback.turn();
    EXPECT_EQ(received, "kept");
}

TEST(Connection, while_paused_nothing_is_read_and_resuming_presents_kept_bytes) {
    Loopback loopback;
    auto peer = loopback.connect();
    bool pauses = true;
    loopback.log.on_bytes = [&](Connection& connection, std::span<char> bytes) {
        if (!pauses) return bytes.size();
        connection.pause_reading();
        return std::size_t{1};
    };
    peer.write("abc");
    loopback.turn(2);
    peer.write("def");
    loopback.turn(3);
    EXPECT_EQ(loopback.log.received, "a");
    pauses = false;
    loopback.connection->resume_reading();
    loopback.turn(2);
    EXPECT_EQ(loopback.log.received, "abcdef");
}

TEST(Connection, a_peer_that_goes_while_reading_is_paused_is_noticed) {
    Loopback loopback;
    auto peer = loopback.connect();
    loopback.connection->pause_reading();
    loopback.turn();
    peer.close();
    loopback.turn(2);
    EXPECT_EQ(loopback.log.closed, 1);
}

TEST(Connection, a_slow_reader_is_refused_messages_at_the_limit_and_gets_all_that_were_accepted) {
    Loopback loopback;
    auto peer = loopback.connect();
    std::size_t accepted = 0;
    while (loopback.connection->send(frame_of(1'000))) {
        ++accepted;
        loopback.turn();
        ASSERT_LT(accepted, 10'000u);
    }
    EXPECT_LE(loopback.connection->queued_bytes(), loopback.table.options().queue_bytes_max);
    EXPECT_EQ(loopback.table.counters().queue_full.get(), 1u);

    EXPECT_EQ(loopback.read_all(peer).size(), accepted * 1'004);
    EXPECT_EQ(loopback.connection->queued_bytes(), 0u);
    EXPECT_TRUE(loopback.connection->is_open());
}

TEST(Connection, ephemeral_frames_to_a_slow_reader_are_shed_and_messages_go_on) {
    Loopback loopback;
    auto peer = loopback.connect();
    bool dropped = false;
    for (int i = 0; i < 10'000 && !dropped; ++i) {
        dropped =
            !loopback.connection->send_ephemeral(frame_of(1'000), EphemeralKind::kPresence, 0);
        loopback.turn();
    }
    EXPECT_TRUE(dropped);
    EXPECT_TRUE(loopback.connection->send(frame_of(1'000, 'm')));
    EXPECT_GT(loopback.table.counters().shed[0].get(), 100u);
    EXPECT_EQ(loopback.read_all(peer).back(), 'm');
}

TEST(Connection, on_drained_comes_once_when_the_queue_falls_below_the_low_water_mark) {
    Loopback loopback({.queue_bytes_max = 4 << 20, .queue_low_water_bytes = 50'000});
    auto peer = loopback.connect();
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(loopback.connection->send(frame_of(1'000)));
    loopback.turn();
    EXPECT_EQ(loopback.log.drained, 0);
    loopback.read_all(peer);
    EXPECT_EQ(loopback.log.drained, 1);
    EXPECT_TRUE(loopback.connection->send(frame_of(1'000)));
    loopback.turn(2);
    EXPECT_EQ(loopback.log.drained, 1);
}

TEST(Connection, what_on_drained_sends_leaves_in_the_next_turn) {
    Loopback loopback({.queue_low_water_bytes = 100});
    auto peer = loopback.connect();
    loopback.log.on_drained = [&](Connection& connection) {
        if (loopback.log.drained >= 3) return;
        EXPECT_TRUE(connection.send(frame_of(1'000)));
    };
    EXPECT_TRUE(loopback.connection->send(frame_of(1'000)));
    loopback.turn(1);
    EXPECT_EQ(peer.read().size(), 1'004u);
    loopback.turn(3);
    EXPECT_EQ(peer.read().size(), 2'008u);
}

TEST(Connection, a_peer_that_takes_nothing_is_aborted_after_the_write_deadline) {
    Loopback loopback;
    auto peer = loopback.connect();
    while (loopback.connection->send(frame_of(10'000))) loopback.turn();
    auto const most = loopback.table.options().write_stall_ms_max;
    loopback.pass(most - 1'000);
    EXPECT_TRUE(loopback.connection->is_open());
    // Progress starts the time anew, also when the queue does not become empty.
    auto const waiting = loopback.connection->queued_bytes();
    peer.read();
    loopback.turn();
    EXPECT_LT(loopback.connection->queued_bytes(), waiting);
    EXPECT_GT(loopback.connection->queued_bytes(), 0u);
    loopback.pass(most - 1'000);
    EXPECT_EQ(loopback.log.closed, 0);
    loopback.pass(1'000);
    EXPECT_EQ(loopback.log.closed, 1);
    EXPECT_EQ(loopback.table.counters().write_stalled.get(), 1u);
}

TEST(Connection, close_after_flush_sends_everything_then_waits_for_the_peer) {
    Loopback loopback;
    auto peer = loopback.connect();
    std::size_t sent = 0;
    while (loopback.connection->send(frame_of(10'000))) {
        sent += 10'004;
        loopback.turn();
    }
    loopback.connection->close_after_flush();
    EXPECT_TRUE(loopback.connection->send(frame_of(10)));
    EXPECT_EQ(loopback.read_all(peer).size(), sent);
    EXPECT_TRUE(peer.is_at_end());
    EXPECT_EQ(loopback.log.closed, 0);
    peer.write("late");
    loopback.turn();
    EXPECT_EQ(loopback.log.received, "");
    peer.close();
    loopback.turn(2);
    EXPECT_EQ(loopback.log.closed, 1);
}

TEST(Connection, a_peer_that_does_not_close_is_closed_after_the_linger_time) {
    Loopback loopback;
    auto peer = loopback.connect();
    loopback.connection->send_bytes("bye");
    loopback.connection->close_after_flush();
    loopback.turn(2);
    EXPECT_EQ(peer.read(), "bye");
    loopback.pass(loopback.table.options().linger_ms_max);
    EXPECT_EQ(loopback.log.closed, 1);
    EXPECT_EQ(loopback.table.counters().write_stalled.get(), 0u);
}

TEST(Connection, a_half_closed_peer_still_gets_what_was_queued) {
    Loopback loopback;
    auto peer = loopback.connect();
    loopback.log.on_bytes = [](Connection& connection, std::span<char> bytes) {
        connection.send_bytes("answer");
        return bytes.size();
    };
    peer.write("question");
    peer.shutdown_write();
    loopback.turn(3);
    EXPECT_EQ(peer.read(), "answer");
    EXPECT_EQ(loopback.log.closed, 1);
}

TEST(Connection, abort_inside_on_bytes_keeps_the_protocol_until_the_end_of_the_turn) {
    Loopback loopback;
    auto peer = loopback.connect();
    loopback.log.on_bytes = [&](Connection& connection, std::span<char> bytes) {
        connection.abort();
        EXPECT_EQ(loopback.log.closed, 0);
        EXPECT_TRUE(connection.send(frame_of(10)));
        return bytes.size();
    };
    peer.write("x");
    loopback.turn();
    EXPECT_EQ(loopback.log.closed, 1);
    EXPECT_EQ(peer.read(), "");
    EXPECT_TRUE(peer.is_at_end());
}

TEST(Connection, on_closed_may_send_to_others_and_close_others) {
    Loopback loopback;
    auto first_peer = loopback.connect();
    auto* const first = loopback.connection;
    auto second_peer = loopback.connect();
    auto* const second = loopback.connection;
    auto third_peer = loopback.connect();
    auto* const third = loopback.connection;
    loopback.log.on_closed = [&](Connection& closed) {
        if (&closed != first) return;
        second->send_bytes("gone");
        third->abort();
    };
    first_peer.close();
    loopback.turn();
    EXPECT_EQ(second_peer.read(), "gone");
    loopback.turn();
    EXPECT_EQ(loopback.log.closed, 2);
    EXPECT_EQ(loopback.table.size(), 1u);
}

TEST(Connection, a_handle_finds_its_connection_and_no_later_one_in_the_same_slot) {
    Loopback loopback;
    auto peer = loopback.connect();
    auto const handle = loopback.connection->handle();
    EXPECT_EQ(loopback.table.find(handle), loopback.connection);
    loopback.connection->abort();
    EXPECT_EQ(loopback.table.find(handle), nullptr);
    loopback.turn(2);
    auto other = loopback.connect();
    EXPECT_EQ(loopback.connection->handle().slot, handle.slot);
    EXPECT_EQ(loopback.table.find(handle), nullptr);
    EXPECT_EQ(loopback.table.find({handle.shard, 99'999, 0}), nullptr);
}

TEST(ConnectionTable, a_full_table_refuses) {
    Loopback loopback({}, 2);
    auto a = loopback.connect(), b = loopback.connect();
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    Peer excess{UniqueFd(ends[1])};
    EXPECT_FALSE(loopback.table.adopt(Socket(UniqueFd(ends[0]), nullptr),
                                      std::make_unique<LoggingProtocol>(loopback.log)));
    excess.read();
    EXPECT_TRUE(excess.is_at_end());
    a.close();
    loopback.turn(2);
    auto c = loopback.connect();
    EXPECT_EQ(loopback.table.size(), 2u);
}

TEST(ConnectionTable, abort_all_tells_every_protocol) {
    Loopback loopback;
    std::vector<Peer> peers;
    for (int i = 0; i < 600; ++i) peers.push_back(loopback.connect());
    loopback.table.abort_all();
    loopback.turn();
    EXPECT_EQ(loopback.log.closed, 600);
    EXPECT_EQ(loopback.table.size(), 0u);
}

class FileTest : public testing::Test {
protected:
    FileTest() : file_(mkstemp(path_)) {
        unlink(path_);
        for (std::size_t i = 0; i < 2'000'000; ++i) content_ += static_cast<char>('a' + i % 21);
        EXPECT_EQ(write(file_.get(), content_.data(), content_.size()), 2'000'000);
    }
    UniqueFd reopened() const { return UniqueFd(dup(file_.get())); }

    char path_[32] = "/tmp/sewa_net_test_XXXXXX";
    std::string content_;
    UniqueFd file_;
    Loopback loopback_;
};

TEST_F(FileTest, a_file_is_sent_between_what_was_queued_before_and_after_it) {
    auto peer = loopback_.connect();
    loopback_.connection->send_bytes("before");
    EXPECT_TRUE(loopback_.connection->send_file(reopened(), 10, 1'999'990));
    loopback_.connection->send_bytes("after");
    EXPECT_LT(loopback_.connection->queued_bytes(), 1'000u);
    auto const received = loopback_.read_all(peer);
    EXPECT_TRUE(received == "before" + content_.substr(10) + "after");
}

TEST_F(FileTest, a_file_that_is_shorter_than_announced_aborts) {
    auto peer = loopback_.connect();
    EXPECT_TRUE(loopback_.connection->send_file(reopened(), 1'999'000, 2'000));
    loopback_.turn(3);
    EXPECT_EQ(peer.read().size(), 1'000u);
    EXPECT_EQ(loopback_.log.closed, 1);
}

}  // namespace
}  // namespace sewa::net
