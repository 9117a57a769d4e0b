#include "ws/connection.h"

#include <gtest/gtest.h>

#include "net/loopback_for_test.h"
#include "ws/event_log_for_test.h"

namespace sewa::ws {
namespace {

using Lines = std::vector<std::string>;

// What a connection said. Outlives it.
struct ConnectionLog {
    Lines lines;
    std::function<void(Connection&)> on_text;
};

class LoggingConnection final : public Connection {
public:
    LoggingConnection(Place const& place, ConnectionLog& log) : Connection(place), log_(log) {}

private:
    void on_begun() override { log_.lines.emplace_back("open"); }
    void on_text(std::string_view text) override {
        log_.lines.push_back(fmt::format("text {}", text));
        if (log_.on_text) log_.on_text(*this);
    }
    void on_binary(std::string_view bytes) override {
        log_.lines.push_back(fmt::format("binary {}", bytes));
    }
    void on_sign_of_life() override { log_.lines.emplace_back("alive"); }
    void on_crumb() override { log_.lines.emplace_back("crumb"); }
    void on_room() override { log_.lines.emplace_back("drained"); }
    void on_ended(std::uint16_t code) override {
        log_.lines.push_back(fmt::format("closed {}", code));
    }

    ConnectionLog& log_;
};

// A WebSocket client at the other end of the loopback; reads with a decoder of its own.
struct Client {
    Client(net::Loopback& net_loopback, Codec& codec, Handshake const& handshake = {})
        : loopback(net_loopback),
          peer(loopback.connect()),
          connection(start(handshake, codec)),
          decoder(decoder_options, handshake.deflate ? Compression::kDeflate : Compression::kNone) {
    }

    Connection& start(Handshake const& handshake, Codec& codec) {
        Connection::Place const place{*loopback.connection, handshake, codec};
        auto created = std::make_unique<LoggingConnection>(place, log);
        auto& started = *created;
        loopback.connection->upgrade(std::move(created));
        return started;
    }

    void write(std::string_view bytes) {
        peer.write(bytes);
        loopback.turn();
    }
    Lines read() {
        loopback.turn();
        wire = peer.read();
        auto bytes = wire;
        EventLog events;
        decoder.feed(bytes, events);
        return events.lines;
    }

    net::Loopback& loopback;
    ConnectionLog log;
    net::Peer peer;
    Connection& connection;
    Inflater inflater;
    DecoderOptions decoder_options{.role = Role::kClient, .inflater = &inflater};
    Decoder decoder;
    std::string wire;
};

std::string text(std::string_view payload) {
    return client_frame({}, payload);
}

std::string close(std::uint16_t code) {
    return std::string(close_frame(code, {}, kMaskForTest).wire());
}

class WsConnection : public testing::Test {
protected:
    net::Loopback loopback_{{.queue_bytes_max = 4096, .queue_low_water_bytes = 1024}};
    Codec codec_{{.message_bytes_max = 10'000}};
};

TEST_F(WsConnection, hands_messages_over_and_sends_frames) {
    Client client(loopback_, codec_);
    client.write(text("hello") + client_frame({.opcode = Opcode::kBinary}, "bytes"));
    EXPECT_TRUE(client.connection.send_text(SharedFrame::text("world")));
    EXPECT_TRUE(client.connection.send_binary("raw"));
    EXPECT_TRUE(client.connection.send_ephemeral(SharedFrame::text("typing"),
                                                 net::EphemeralKind::kTyping, 7));
    client.connection.ping();
    EXPECT_EQ(client.read(), (Lines{"text world", "binary raw", "text typing", "ping "}));
    EXPECT_EQ(client.log.lines, (Lines{"open", "text hello", "binary bytes"}));
}

TEST_F(WsConnection, answers_pings_and_counts_them_as_life) {
    Client client(loopback_, codec_);
    client.write(std::string(ping_frame("are you there", kMaskForTest).wire()) +
                 std::string(pong_frame("", kMaskForTest).wire()));
    EXPECT_EQ(client.read(), Lines{"pong are you there"});
    EXPECT_EQ(client.log.lines, (Lines{"open", "alive", "alive"}));
}

TEST_F(WsConnection, tells_of_crumbs_from_the_second_in_a_row) {
    Client client(loopback_, codec_);
    auto const hello = text("hello"), large = text(std::string(200, 'x'));
    client.write(hello.substr(0, 6));
    client.write(hello.substr(6));
    client.write(large.substr(0, 10));
    client.write(large.substr(10, 100));
    client.write(large.substr(110));
    EXPECT_EQ(client.log.lines, (Lines{"open", "text hello", "text " + std::string(200, 'x')}));
    client.log.lines.clear();
    for (char const byte : hello) client.write({&byte, 1});
    // The first is none yet, and with the last the message is whole.
    Lines expected(hello.size() - 2, "crumb");
    expected.emplace_back("text hello");
    EXPECT_EQ(client.log.lines, expected);
}

TEST_F(WsConnection, echoes_the_close_of_the_peer_once_and_ends_the_stream) {
    Client client(loopback_, codec_);
    client.write(close(4321) + text("late") + close(1000));
    EXPECT_EQ(client.read(), Lines{"close 4321 "});
    client.peer.read();
    EXPECT_TRUE(client.peer.is_at_end());
    client.peer.close();
    loopback_.turn();
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 4321"}));
    EXPECT_EQ(loopback_.table.size(), 0u);
}

TEST_F(WsConnection, a_close_of_ours_waits_for_the_answer_and_ignores_messages) {
    Client client(loopback_, codec_);
    client.connection.close(CloseCode::kDraining, "restart");
    EXPECT_FALSE(client.connection.is_open());
    client.write(text("late"));
    EXPECT_TRUE(client.connection.send_text(SharedFrame::text("too late")));
    EXPECT_EQ(client.read(), Lines{"close 4012 restart"});
    EXPECT_EQ(client.log.lines, Lines{"open"});
    client.write(close(4012));
    EXPECT_EQ(client.read(), Lines{});
    EXPECT_TRUE(client.peer.is_at_end());
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 4012"}));
}

TEST_F(WsConnection, a_close_of_ours_ends_at_once_for_who_floods_on) {
    Client client(loopback_, codec_);
    client.connection.close(CloseCode::kRateLimited, "flood");
    std::string flood;
    for (int i = 0; i < 60; ++i) flood += text(std::string(1'000, 'x'));
    for (int i = 0; i < 4; ++i) client.write(flood);
    EXPECT_EQ(loopback_.table.size(), 1u) << "240 KB are no flood yet";
    client.write(flood);
    EXPECT_EQ(loopback_.table.size(), 0u);
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 1006"}));
}

TEST_F(WsConnection, a_close_that_nobody_answers_ends_by_time) {
    Client client(loopback_, codec_);
    client.connection.close(CloseCode::kNormal, {});
    client.read();
    loopback_.pass(4900);
    EXPECT_EQ(loopback_.table.size(), 1u);
    loopback_.pass(200);
    EXPECT_EQ(loopback_.table.size(), 0u);
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 1006"}));
}

TEST_F(WsConnection, a_broken_rule_is_told_to_both_sides) {
    Client client(loopback_, codec_);
    client.write(text("good") + "\x83");
    EXPECT_EQ(client.read(), Lines{"close 1002 reserved opcode"});
    EXPECT_TRUE(client.peer.read().empty() && client.peer.is_at_end());
    EXPECT_EQ(client.log.lines, (Lines{"open", "text good", "closed 1002"}));
    Client big(loopback_, codec_);
    big.write(text(std::string(10'001, 'x')));
    EXPECT_EQ(big.read(), Lines{"close 1009 message too big"});
}

TEST_F(WsConnection, a_lost_connection_is_told_once) {
    Client client(loopback_, codec_);
    client.peer.close();
    loopback_.turn(3);
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 1006"}));
}

TEST_F(WsConnection, an_abort_inside_a_message_hides_the_following_ones) {
    Client client(loopback_, codec_);
    client.log.on_text = [](Connection& connection) { connection.abort(); };
    client.write(text("one") + text("two"));
    EXPECT_EQ(client.log.lines, (Lines{"open", "text one", "closed 1006"}));
}

TEST_F(WsConnection, a_pause_holds_the_next_message_back) {
    Client client(loopback_, codec_);
    client.log.on_text = [](Connection& connection) { connection.pause_reading(); };
    client.write(text("one") + text("two"));
    loopback_.turn(3);
    EXPECT_EQ(client.log.lines, (Lines{"open", "text one"}));
    client.connection.resume_reading();
    loopback_.turn(2);
    EXPECT_EQ(client.log.lines, (Lines{"open", "text one", "text two"}));
}

TEST_F(WsConnection, a_close_of_ours_hears_the_answer_although_reading_was_paused) {
    Client client(loopback_, codec_);
    client.log.on_text = [](Connection& connection) { connection.pause_reading(); };
    client.write(text("one") + text("two") + close(1000));
    client.connection.close(CloseCode::kNormal, {});
    loopback_.turn(2);
    EXPECT_EQ(client.log.lines, (Lines{"open", "text one", "closed 1000"}));
}

TEST_F(WsConnection, a_full_queue_refuses_and_still_takes_the_close_frame) {
    Client client(loopback_, codec_);
    auto const frame = SharedFrame::text(std::string(900, 'x'));
    int sent = 0;
    while (client.connection.send_text(frame)) ++sent;
    EXPECT_GT(sent, 1);
    client.connection.close(CloseCode::kSlowConsumer, "slow");
    auto const lines = client.read();
    ASSERT_EQ(lines.size(), static_cast<std::size_t>(sent) + 1);
    EXPECT_EQ(lines.back(), "close 4009 slow");
}

TEST_F(WsConnection, tells_when_the_queue_has_room_again) {
    Client client(loopback_, codec_);
    auto const frame = SharedFrame::text(std::string(900, 'x'));
    while (client.connection.send_text(frame)) continue;
    client.read();
    EXPECT_EQ(client.log.lines, (Lines{"open", "drained"}));
}

Handshake with_deflate(int window_bits) {
    Handshake handshake;
    handshake.deflate = DeflateAgreement{.server_window_bits = window_bits};
    return handshake;
}

TEST_F(WsConnection, compresses_a_long_frame_once_for_all_receivers) {
    Client first(loopback_, codec_, with_deflate(15));
    Client second(loopback_, codec_, with_deflate(15));
    Client plain(loopback_, codec_);
    std::string const payload(1024, 'x');
    auto const frame = SharedFrame::text(payload);
    for (auto* client : {&first, &second, &plain}) {
        EXPECT_TRUE(client->connection.send_text(frame));
        EXPECT_EQ(client->read(), Lines{"text " + payload});
    }
    EXPECT_LT(first.wire.size(), 100u);
    EXPECT_EQ(first.wire, second.wire);
    EXPECT_EQ(plain.wire.size(), 1028u);
    EXPECT_EQ(codec_.twins().compressions_for_test(), 1u);
}

TEST_F(WsConnection, sends_plain_what_is_short_or_longer_than_the_window_of_the_client) {
    Client client(loopback_, codec_, with_deflate(11));
    for (auto const& [size, compressed] :
         {std::pair{1023, false}, {1024, true}, {2048, true}, {2049, false}}) {
        std::string const payload(static_cast<std::size_t>(size), 'x');
        EXPECT_TRUE(client.connection.send_text(SharedFrame::text(payload)));
        EXPECT_EQ(client.read(), Lines{"text " + payload});
        EXPECT_EQ(client.wire.size() < 100, compressed) << size;
    }
}

TEST_F(WsConnection, reads_compressed_messages) {
    Client client(loopback_, codec_, with_deflate(15));
    Deflater deflater;
    client.write(client_frame({.compressed = true}, deflater.deflate("hello")));
    EXPECT_EQ(client.log.lines, (Lines{"open", "text hello"}));
}

TEST(CompressedTwins, forget_all_but_the_last_few_and_never_mix_frames_up) {
    Deflater deflater;
    Inflater inflater;
    CompressedTwins twins(deflater);
    for (int i = 0; i < 100; ++i) {
        auto const payload = std::to_string(i) + std::string(2000, 'x');
        auto const twin = twins.of(SharedFrame::text(payload));
        EXPECT_EQ(inflater.inflate(twin.payload(), 5000).payload, payload);
    }
    EXPECT_EQ(twins.compressions_for_test(), 100u);
}

TEST_F(WsConnection, is_open_until_either_side_ends_it) {
    Client client(loopback_, codec_);
    EXPECT_TRUE(client.connection.is_open());
    client.connection.close(CloseCode::kNormal, {});
    EXPECT_FALSE(client.connection.is_open());
    client.write(client_frame({.opcode = Opcode::kBinary}, "late") + close(1000));
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 1000"}));
}

TEST_F(WsConnection, after_an_abort_nothing_is_sent) {
    Client client(loopback_, codec_);
    client.log.on_text = [](Connection& connection) {
        connection.abort();
        EXPECT_FALSE(connection.is_open());
        connection.close(CloseCode::kNormal, "too late");
    };
    client.write(text("one"));
    EXPECT_EQ(client.read(), Lines{});
    EXPECT_EQ(client.log.lines, (Lines{"open", "text one", "closed 1006"}));
}

TEST_F(WsConnection, while_it_closes_nothing_is_answered_and_a_broken_rule_ends_it) {
    Client client(loopback_, codec_);
    client.connection.close(CloseCode::kNormal, {});
    EXPECT_EQ(client.read(), Lines{"close 1000 "});
    client.connection.ping();
    client.connection.pause_reading();
    client.connection.close(CloseCode::kNormal, "again");
    EXPECT_TRUE(client.connection.send_text(SharedFrame::text("late")));
    EXPECT_TRUE(client.connection.send_binary("late"));
    EXPECT_TRUE(client.connection.send_ephemeral(SharedFrame::text("late"),
                                                 net::EphemeralKind::kTyping, 7));
    client.write(std::string(pong_frame("", kMaskForTest).wire()) +
                 std::string(ping_frame("", kMaskForTest).wire()) +
                 std::string(ping_frame("unmasked").wire()));
    EXPECT_EQ(client.read(), Lines{}) << "one close frame is enough";
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 1002"}));
}

TEST_F(WsConnection, who_leaves_no_room_even_for_a_close_frame_is_cut_off) {
    Client client(loopback_, codec_);
    while (client.connection.send_text(SharedFrame::text(std::string(900, 'x')))) continue;
    for (int i = 0; i < 4'096; ++i) client.connection.ping();
    client.connection.close(CloseCode::kSlowConsumer, std::string(100, 'x'));
    loopback_.turn(3);
    EXPECT_EQ(client.log.lines, (Lines{"open", "closed 1006"}));
}

TEST_F(WsConnection, ephemeral_frames_are_compressed_too) {
    Client client(loopback_, codec_, with_deflate(15));
    std::string const payload(1024, 'x');
    EXPECT_TRUE(client.connection.send_ephemeral(SharedFrame::text(payload),
                                                 net::EphemeralKind::kTyping, 7));
    EXPECT_EQ(client.read(), Lines{"text " + payload});
    EXPECT_LT(client.wire.size(), 100u);
}

TEST(CompressedTwins, do_not_remember_what_is_large) {
    Deflater deflater;
    CompressedTwins twins(deflater);
    auto const large =
        SharedFrame::text(std::string(CompressedTwins::kRememberedPayloadMax + 1, 'x'));
    EXPECT_EQ(twins.of(large).wire(), twins.of(large).wire());
    EXPECT_EQ(twins.compressions_for_test(), 2u);
}

TEST(CompressedTwins, a_frame_that_gets_no_shorter_is_its_own_twin) {
    Deflater deflater;
    CompressedTwins twins(deflater);
    auto const plain = SharedFrame::text("a");
    EXPECT_EQ(twins.of(plain).wire().data(), plain.wire().data());
}

}  // namespace
}  // namespace sewa::ws
