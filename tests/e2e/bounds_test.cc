// PROTOCOL section 9: what happens at each limit.
#include <fmt/format.h>

#include <map>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Bounds : public ServerTest {
protected:
    static constexpr int kTinyReceiveBuffer = 4'096;
    static std::string long_text() {
        std::string text;
        for (int i = 0; i < 4'900; ++i) text += "न";
        return text;
    }
    WsClient slow_reader(std::int64_t user, std::string const& more = {}) {
        return dial({.target = "/ws/messaging/?v=1&token=" + token(user) + more,
                     .receive_buffer = kTinyReceiveBuffer});
    }
    // Everything that the kernel and the server keep for a slow reader, and more.
    static constexpr int kFarTooMany = 600;
};

TEST_F(Bounds, a_slow_reader_gets_4009_and_resumes_without_loss) {
    start({"--set", "limits.outbox_bytes=65536"});
    auto const conversation = open_conversation(100);
    auto slow = slow_reader(kProvider);
    auto const first = slow.expect("connection")["data"];
    auto writer = connect(100), bystander = connect(kProvider);
    ASSERT_TRUE(slow.is_alive() && bystander.is_alive());
    auto const text = long_text();
    int sent = 0;
    for (; sent < kFarTooMany; ++sent) {
        writer.send(message(conversation, text));
        ASSERT_TRUE(writer.expect("ack").is_valid());
        ASSERT_TRUE(bystander.expect("message").is_valid()) << "others are not held up";
        bool const looks = sent % 50 == 49;
        if (looks && metric("sewa_sessions") == 2) break;
    }
    ASSERT_LT(sent, kFarTooMany) << "the server keeps everything for a slow reader";
    ++sent;
    int received = 0;
    auto pos = first["pos"].number();
    while (auto const frame = slow.next()) {
        if ((*frame)["type"].text() != "message") continue;
        pos = (*frame)["data"]["pos"].number();
        ++received;
    }
    EXPECT_EQ(slow.close_code(), 4009);
    EXPECT_NE(log().find(fmt::format("session_ended_4009 user={} from=", kProvider)),
              std::string::npos);
    EXPECT_LT(received, sent);
    auto again = connect(kProvider, fmt::format("&since={}:{}", first["epoch"].text(), pos));
    for (; received < sent; ++received) {
        auto const data = again.expect("message")["data"];
        ASSERT_GT(data["pos"].number(), pos);
        pos = data["pos"].number();
    }
    EXPECT_TRUE(again.expect("synced").is_valid());
}

TEST_F(Bounds, a_replay_waits_for_a_slow_reader_instead_of_closing_it) {
    start({"--set", "limits.outbox_bytes=65536"});
    auto const conversation = open_conversation(100);
    auto writer = connect(100);
    auto const first = writer.expect("connection")["data"];
    auto const text = long_text();
    constexpr int kMissed = 500;
    for (int i = 0; i < kMissed; ++i) {
        writer.send(message(conversation, text));
        ASSERT_TRUE(writer.expect("ack").is_valid());
    }
    auto slow = slow_reader(
        kProvider, fmt::format("&since={}:{}", first["epoch"].text(), first["pos"].number()));
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(writer.is_alive());
    for (int i = 0; i < kMissed; ++i) ASSERT_TRUE(slow.expect("message").is_valid()) << i;
    EXPECT_TRUE(slow.expect("synced").is_valid());
}

TEST_F(Bounds, ephemeral_frames_go_first_and_the_connection_lives) {
    start({"--set", "limits.outbox_bytes=65536"});
    auto const conversation = open_conversation(100);
    auto slow = slow_reader(kProvider);
    auto sender = connect(100);
    ASSERT_TRUE(slow.is_alive());
    auto const frame =
        fmt::format(R"({{"type":"voice_message","data":{{"conversation_id":{},"wave":"{}"}}}})",
                    conversation, std::string(3'900, 'w'));
    bool is_shed = false;
    for (int i = 0; i < 40 && !is_shed; ++i) {
        for (int j = 0; j < 100; ++j) sender.send(frame);
        ASSERT_TRUE(sender.is_alive());
        is_shed = metric("sewa_frames_dropped_total") > 0;
    }
    EXPECT_TRUE(is_shed);
    sender.send(message(conversation, "durable"));
    EXPECT_TRUE(sender.expect("ack").is_valid());
    EXPECT_EQ(slow.expect("message")["data"]["content"], "durable");
    EXPECT_TRUE(slow.is_alive());
}

TEST_F(Bounds, P_5_a_stop_of_typing_reaches_a_slow_reader_that_gets_no_other_signs) {
    start({"--set", "limits.outbox_bytes=65536"});
    auto const conversation = open_conversation(100);
    auto slow = slow_reader(kProvider);
    auto sender = connect(100);
    ASSERT_TRUE(slow.is_alive());
    auto const typing = [&](bool is_typing) {
        sender.send(
            fmt::format(R"({{"type":"typing","data":{{"conversation_id":{},"is_typing":{}}}}})",
                        conversation, is_typing));
    };
    typing(true);
    // In the same turn of the server's loop it would be shed with the others.
    ASSERT_TRUE(sender.is_alive());
    auto const frame =
        fmt::format(R"({{"type":"voice_message","data":{{"conversation_id":{},"wave":"{}"}}}})",
                    conversation, std::string(3'900, 'w'));
    for (int i = 0; i < 40 && metric("sewa_frames_dropped_total") == 0; ++i) {
        for (int j = 0; j < 100; ++j) sender.send(frame);
        ASSERT_TRUE(sender.is_alive());
    }
    ASSERT_GT(metric("sewa_frames_dropped_total"), 0);
    typing(false);
    ASSERT_TRUE(sender.is_alive());
    EXPECT_TRUE(slow.expect("typing")["data"]["is_typing"].truth());
    EXPECT_FALSE(slow.expect("typing")["data"]["is_typing"].truth());
    EXPECT_TRUE(slow.is_alive());
}

TEST_F(Bounds, too_many_frames_are_refused_and_far_too_many_close_4008) {
    start({"--set", "limits.frames_per_minute=60", "--set", "limits.frame_burst=5"});
    auto const conversation = open_conversation(100);
    auto client = connect(100), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    for (int i = 0; i < 6; ++i) client.send(message(conversation, "x", fmt::format("k{}", i)));
    auto const error = client.expect("error")["data"];
    EXPECT_EQ(error["code"], "rate_limited");
    EXPECT_EQ(error["client_msg_id"], "k5");
    EXPECT_TRUE(error["retryable"].truth());
    EXPECT_GT(error["retry_after_ms"].number(), 0);
    EXPECT_LE(error["retry_after_ms"].number(), 1'000);
    for (int i = 0; i < 300; ++i) client.send(R"({"type":"heartbeat"})");
    EXPECT_EQ(client.close_code(), 4008);
    EXPECT_TRUE(other.is_alive());
    EXPECT_GE(metric("sewa_frames_limited_total"), 200);
}

TEST_F(Bounds, pings_count_as_frames_and_a_flood_of_them_closes_4008) {
    start({"--set", "limits.frames_per_minute=60", "--set", "limits.frame_burst=5"});
    auto client = connect(100), other = connect(kProvider);
    ASSERT_TRUE(client.is_alive() && other.is_alive());
    std::string pings;
    for (int i = 0; i < 300; ++i) pings += frame(ws::Opcode::kPing, "p");
    client.send_bytes(pings);
    EXPECT_EQ(client.close_code(), 4008);
    EXPECT_TRUE(other.is_alive());
    EXPECT_NE(log().find("session_ended_4008 user=100 from=127.0.0.1:"), std::string::npos);
}

TEST_F(Bounds, crumbs_of_a_frame_count_as_frames_and_too_many_close_4008) {
    start({"--set", "limits.frames_per_minute=60", "--set", "limits.frame_burst=5"});
    auto client = connect(100);
    auto const heartbeat = frame(ws::Opcode::kText, R"({"type":"heartbeat"})");
    client.send_bytes(heartbeat.substr(0, 6));
    client.send_bytes(heartbeat.substr(6));
    EXPECT_TRUE(client.expect("heartbeat").is_valid()) << "a header may come apart from the rest";
    auto const long_one = frame(ws::Opcode::kText, std::string(2'000, 'x'));
    // Asking in between, so that each byte comes by itself.
    for (std::size_t at = 0; at < 1'000 && metric("sewa_frames_limited_total") <= 200; ++at) {
        client.send_bytes(long_one.substr(at, 1));
    }
    EXPECT_EQ(client.close_code(), 4008);
}

TEST_F(Bounds, REST_requests_are_limited_per_user) {
    start({"--set", "limits.requests_per_minute=60"});
    HttpAnswer answer;
    for (int i = 0; i < 300 && answer.status != 429; ++i) answer = get(100, "conversations/");
    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.json()["code"], "rate_limited");
    EXPECT_GT(answer.json()["retry_after_ms"].number(), 0);
    EXPECT_EQ(answer.headers.count("retry-after"), 1u);
    EXPECT_EQ(get(101, "conversations/").status, 200);
}

TEST_F(Bounds, opening_the_app_is_no_flood_of_REST_requests) {
    start({"--set", "limits.requests_per_minute=600"});
    for (int i = 0; i < 100; ++i) ASSERT_EQ(get(100, "conversations/").status, 200) << i;
}

// Sends without waiting and says for each key which answer came.
std::map<std::string, std::string> burst(WsClient& client, std::int64_t conversation, int count) {
    for (int i = 0; i < count; ++i) {
        client.send(message(conversation, "x", fmt::format("k{}", i)));
    }
    std::map<std::string, std::string> answers;
    while (answers.size() < static_cast<std::size_t>(count)) {
        auto const frame = client.next();
        if (!frame) break;
        auto const data = (*frame)["data"];
        if ((*frame)["type"] == "ack") answers[data["client_msg_id"].text()] = "ack";
        if ((*frame)["type"] == "error") {
            answers[data["client_msg_id"].text()] = data["code"].text();
        }
    }
    return answers;
}

TEST_F(Bounds, a_full_store_queue_is_unavailable_and_stores_nothing) {
    start({"--set", "store.queue_max=32", "--set", "store.batch_max=1"});
    auto const conversation = open_conversation(100);
    auto client = connect(100);
    ASSERT_TRUE(client.is_alive());
    auto const answers = burst(client, conversation, 200);
    ASSERT_EQ(answers.size(), 200u);
    std::int64_t acknowledged = 0, refused = 0;
    for (auto const& [key, answer] : answers) {
        acknowledged += answer == "ack";
        refused += answer == "unavailable";
    }
    EXPECT_GT(refused, 0);
    EXPECT_EQ(acknowledged + refused, 200);
    auto const count =
        get(100, fmt::format("messages/?conversation={}", conversation)).json()["count"].number();
    EXPECT_EQ(count, acknowledged);
    EXPECT_EQ(metric("sewa_store_refused_total"), refused);
}

TEST_F(Bounds, writes_of_one_connection_that_wait_are_limited) {
    start();
    auto const conversation = open_conversation(100);
    auto client = connect(100);
    ASSERT_TRUE(client.is_alive());
    std::string all;
    for (int i = 0; i < 2'000; ++i) {
        all += frame(ws::Opcode::kText, message(conversation, "x", fmt::format("k{}", i)));
    }
    client.send_bytes(all);
    int acknowledged = 0, refused = 0;
    while (acknowledged + refused < 2'000) {
        auto const answer = client.next();
        ASSERT_TRUE(answer);
        acknowledged += (*answer)["type"] == "ack";
        if ((*answer)["type"] == "error") {
            EXPECT_EQ((*answer)["data"]["code"], "rate_limited");
            ++refused;
        }
    }
    EXPECT_GT(refused, 0);
    EXPECT_GE(acknowledged, 256);
    auto const count =
        get(100, fmt::format("messages/?conversation={}", conversation)).json()["count"].number();
    EXPECT_EQ(count, acknowledged);
}

TEST_F(Bounds, a_user_who_writes_too_much_is_told_to_wait_over_both_ways) {
    start({"--set", "limits.user_writes_per_minute=8"});
    auto const id = open_conversation(100);  // The first of two that may come at once.
    auto const body = fmt::format(R"({{"conversation":{},"text":"x"}})", id);
    EXPECT_EQ(post(100, "messages/", body).status, 201);
    auto const refused = post(100, "messages/", body);
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.json()["code"], "rate_limited");
    EXPECT_GE(std::stoi(refused.headers.at("retry-after")), 1);
    auto session = connect(100);
    session.send(message(id, "y", "k1"));
    auto const error = session.expect("error")["data"];
    EXPECT_EQ(error["code"], "rate_limited");
    EXPECT_TRUE(error["retryable"].truth());
    EXPECT_GT(error["retry_after_ms"].number(), 0);
    EXPECT_EQ(error["client_msg_id"], "k1");
    EXPECT_EQ(post(kProvider, "messages/", body).status, 201) << "others go on";
    EXPECT_GE(metric("sewa_writes_limited_total"), 2);
}

TEST_F(Bounds, a_conversation_takes_so_many_messages) {
    start({"--set", "limits.conversation_messages_per_minute=8"});
    auto const id = open_conversation(100);
    auto const body = fmt::format(R"({{"conversation":{},"text":"x"}})", id);
    EXPECT_EQ(post(100, "messages/", body).status, 201);
    EXPECT_EQ(post(kProvider, "messages/", body).status, 201);
    EXPECT_EQ(post(100, "messages/", body).status, 429);
    EXPECT_EQ(post(kProvider, "messages/", body).status, 429);
}

TEST_F(Bounds, an_address_that_asks_too_often_is_refused_before_its_token) {
    start({"--set", "limits.address_requests_per_minute=8"});
    auto const ask = [&](std::string const& address, std::string const& token) {
        return http(port(), {.target = "/api/messaging/presence/",
                             .token = token,
                             .more_headers = "X-Forwarded-For: 8.8.8.8, " + address + "\r\n"});
    };
    EXPECT_EQ(ask("203.0.113.1", token(100)).status, 200);
    EXPECT_EQ(ask("203.0.113.1", "bad").status, 401);
    auto const refused = ask("203.0.113.1", "bad");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.count("retry-after"), 1u);
    EXPECT_EQ(ask("203.0.113.2", token(100)).status, 200) << "another address";
    for (int i = 0; i < 5; ++i) EXPECT_EQ(get(100, "presence/").status, 200) << "this machine";
    EXPECT_EQ(metric("sewa_http_requests_limited_total"), 1);
}

}  // namespace
}  // namespace sewa::e2e
