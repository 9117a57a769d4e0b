// What a hostile or broken client may send: PROTOCOL E-1 to E-3. Each test keeps an innocent
// connection and looks at it afterwards.
#include <fmt/format.h>

#include "server_fixture.h"
#include "ws/encoder.h"

namespace sewa::e2e {
namespace {

class Abuse : public ServerTest {
protected:
    void SetUp() override {
        start({"--set", "limits.malformed_frames=1000"});
        conversation_ = open_conversation(100);
        innocent_.emplace(connect(101));
        ASSERT_TRUE(innocent_->is_alive());
    }
    void TearDown() override {
        if (innocent_) {
            EXPECT_TRUE(innocent_->is_alive()) << "somebody else was disturbed";
        }
    }
    WsClient attacker() {
        auto client = connect(100);
        EXPECT_TRUE(client.is_alive());
        return client;
    }
    int closes_with(std::string_view bytes) {
        auto client = attacker();
        client.send_bytes(bytes);
        return client.close_code();
    }
    Json answer_to(WsClient& client, std::string_view text) {
        client.send(text);
        auto const error = client.expect("error");
        EXPECT_TRUE(client.is_alive()) << text;
        return error["data"];
    }

    std::int64_t conversation_ = 0;
    std::optional<WsClient> innocent_;
};

TEST_F(Abuse, E_1_violations_of_RFC_6455_close_1002) {
    std::string unmasked;
    ws::append_frame(unmasked, {.opcode = ws::Opcode::kText}, "{}");
    EXPECT_EQ(closes_with(unmasked), 1002);
    EXPECT_EQ(closes_with("\xC1\x80"), 1002) << "RSV1 without an extension";
    EXPECT_EQ(closes_with("\x83\x80"), 1002) << "reserved opcode";
    EXPECT_EQ(closes_with("\x80\x80"), 1002) << "continuation of nothing";
    EXPECT_EQ(closes_with("\x09\x80"), 1002) << "fragmented ping";
    EXPECT_EQ(closes_with("\x89\xFE"), 1002) << "ping above 125 bytes";
    EXPECT_EQ(closes_with("\x88\x81\x01\x02\x03\x04\x05"), 1002) << "close frame of one byte";
    EXPECT_EQ(closes_with(std::string_view("\x81\xFE\x00\x05", 4)), 1002) << "length not minimal";
    EXPECT_TRUE(eventually([&] {
        return log().find("session_ended_1002 user=100 from=127.0.0.1:") != std::string::npos;
    })) << log();
}

TEST_F(Abuse, E_1_bad_UTF_8_closes_1007) {
    EXPECT_EQ(closes_with(frame(ws::Opcode::kText, "\xC0\xAF")), 1007);
    EXPECT_EQ(closes_with(frame(ws::Opcode::kText, "{\"type\":\"\xED\xA0\x80\"}")), 1007);
    auto client = attacker();
    // The header announces more; the first bad byte is enough.
    client.send_bytes(frame(ws::Opcode::kText, std::string(100, '\xFF')).substr(0, 8));
    EXPECT_EQ(client.close_code(), 1007);
}

TEST_F(Abuse, E_1_a_frame_above_the_limit_closes_1009_by_its_header_alone) {
    std::string const header("\x81\xFF\x00\x00\x00\x00\x00\x01\x00\x01", 10);
    EXPECT_EQ(closes_with(header), 1009);
    std::string const huge("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 10);
    EXPECT_EQ(closes_with(huge), 1009);
    auto client = attacker();
    auto const largest = message(conversation_, std::string(65'000, 'x'));
    EXPECT_EQ(answer_to(client, largest)["code"], "too_large");
}

TEST_F(Abuse, E_1_what_is_no_object_with_a_type_is_bad_request) {
    auto client = attacker();
    for (auto const* text :
         {"",
          "x",
          "{",
          "[]",
          "1",
          "null",
          "\"message\"",
          "{}",
          R"({"type":1})",
          R"({"type":null,"data":{}})",
          R"({"type":"message"})",
          R"({"type":"message","data":[]})",
          R"({"type":"message","data":"x"})",
          R"({"type":"message","data":{}} )"
          "x",
          R"({"type":"message","data":{"conversation_id":"1","content":"x"}})",
          R"({"type":"message","data":{"conversation_id":1.5,"content":"x"}})",
          R"({"type":"message","data":{"conversation_id":-1,"content":"x"}})",
          R"({"type":"message","data":{"conversation_id":1,"content":7}})",
          R"({"type":"typing","data":{"conversation_id":1,"is_typing":"yes"}})",
          R"({"type":"read","data":{"conversation_id":1,"up_to":"all"}})",
          R"({"type":"presence","data":{"ids":[1,"2"]}})",
          R"({"type":"reaction","data":{"message_id":1,"emoji":"x","op":"maybe"}})",
          R"({"type":"message_deleted","data":{"id":1,"scope":"world"}})"}) {
        EXPECT_EQ(answer_to(client, text)["code"], "bad_request") << text;
    }
}

TEST_F(Abuse, E_1_binary_frames_are_bad_request) {
    auto client = attacker();
    client.send_bytes(frame(ws::Opcode::kBinary, R"({"type":"heartbeat"})"));
    EXPECT_EQ(client.expect("error")["data"]["code"], "bad_request");
    EXPECT_TRUE(client.is_alive());
}

TEST_F(Abuse, E_2_unknown_types_are_answered_and_do_no_harm) {
    auto client = attacker();
    for (int i = 0; i < 30; ++i) {
        EXPECT_EQ(answer_to(client, R"({"type":"teleport","data":{}})")["code"], "unknown_type");
    }
}

TEST_F(Abuse, E_3_numbers_depth_and_double_meaning_are_bad_request) {
    auto client = attacker();
    auto const with_id = [](std::string_view id) {
        return fmt::format(R"({{"type":"message","data":{{"conversation_id":{},"content":"x"}}}})",
                           id);
    };
    for (auto const* id : {"9007199254740992", "18446744073709551616", "1e300", "1e2", "true"}) {
        EXPECT_EQ(answer_to(client, with_id(id))["code"], "bad_request") << id;
    }
    auto const nested = [](int depth) {
        return fmt::format(R"({{"type":"heartbeat","data":{{"a":{}{}}}}})", std::string(depth, '['),
                           std::string(depth, ']'));
    };
    EXPECT_EQ(answer_to(client, nested(15))["code"], "bad_request");
    EXPECT_EQ(answer_to(client, nested(30'000))["code"], "bad_request");
    client.send(nested(10));
    EXPECT_TRUE(client.expect("heartbeat").is_valid());
    auto const both = fmt::format(
        R"({{"type":"message","data":{{"conversation_id":{},"content":"a","text":"b"}}}})",
        conversation_);
    EXPECT_EQ(answer_to(client, both)["code"], "bad_request");
    auto const ids = fmt::format(
        R"({{"type":"message","data":{{"conversation_id":{},"conversation":7,"text":"b"}}}})",
        conversation_);
    EXPECT_EQ(answer_to(client, ids)["code"], "bad_request");
}

TEST_F(Abuse, M_6_texts_that_are_empty_too_long_or_hold_NUL_are_refused_with_their_field) {
    auto client = attacker();
    for (auto const* text : {"", "   ", "\\n\\t", "\\u00a0\\u3000"}) {
        auto const error = answer_to(client, message(conversation_, text, "k1"));
        EXPECT_EQ(error["code"], "bad_request") << text;
        EXPECT_EQ(error["field"], "content");
        EXPECT_EQ(error["client_msg_id"], "k1");
    }
    EXPECT_EQ(answer_to(client, message(conversation_, "a\\u0000b"))["code"], "bad_request");
    std::string too_long, longest;
    for (int i = 0; i < 5'000; ++i) longest += "न";
    too_long = longest + "x";
    EXPECT_EQ(answer_to(client, message(conversation_, too_long))["code"], "too_large");
    client.send(message(conversation_, "  " + longest + " "));
    EXPECT_EQ(client.expect("ack")["data"]["conversation_id"], conversation_);
}

TEST_F(Abuse, M_2_keys_outside_the_alphabet_are_refused) {
    auto client = attacker();
    for (auto const& key : {std::string("a b"), std::string("é"), std::string(65, 'a')}) {
        auto const error = answer_to(client, message(conversation_, "x", key));
        EXPECT_EQ(error["code"], "bad_request") << key;
        EXPECT_EQ(error["field"], "client_msg_id");
    }
}

TEST_F(Abuse, M_12_foreign_and_absent_look_the_same) {
    auto client = connect(102);
    auto const frames = [](std::int64_t id) {
        return std::vector<std::string>{
            message(id, "x"),
            fmt::format(R"({{"type":"typing","data":{{"conversation_id":{},"is_typing":true}}}})",
                        id),
            fmt::format(R"({{"type":"read","data":{{"conversation_id":{},"up_to":1}}}})", id),
            fmt::format(R"({{"type":"delivered","data":{{"conversation_id":{},"up_to":1}}}})", id),
            fmt::format(R"({{"type":"voice_message","data":{{"conversation_id":{}}}}})", id),
        };
    };
    auto const foreign = frames(conversation_), absent = frames(987'654);
    for (std::size_t i = 0; i < foreign.size(); ++i) {
        auto const first = answer_to(client, foreign[i]);
        EXPECT_EQ(first["code"], "not_found") << foreign[i];
        EXPECT_EQ(first.dump(), answer_to(client, absent[i]).dump()) << foreign[i];
    }
}

TEST_F(Abuse, E_4_what_a_client_claims_about_itself_is_ignored) {
    auto client = attacker();
    client.send(fmt::format(
        R"({{"type":"message","user_id":2,"data":{{"conversation_id":{},"content":"hi",)"
        R"("sender":{{"id":2}},"sender_id":2,"id":5,"created_at":"2099-01-01T00:00:00Z"}}}})",
        conversation_));
    EXPECT_TRUE(client.expect("ack").is_valid());
    auto const stored =
        get(100, fmt::format("messages/?conversation={}", conversation_)).json()["results"][0];
    EXPECT_EQ(stored["sender"]["id"], 100);
    EXPECT_FALSE(stored["created_at"].text().starts_with("2099"));
    EXPECT_FALSE(stored["sender"].has("email") || stored["sender"].has("phone"));
}

TEST_F(Abuse, a_flood_of_half_open_handshakes_and_cut_connections_leaves_others_alone) {
    std::vector<Tcp> halves;
    for (int i = 0; i < 200; ++i) {
        halves.emplace_back(port());
        halves.back().send("GET /ws/messaging/ HTTP/1.1\r\nHost:");
    }
    for (int i = 0; i < 50; ++i) {
        auto client = connect(200 + i);
        client.send_bytes(frame(ws::Opcode::kText, std::string(1000, 'x')).substr(0, 500));
        client.cut();
    }
    EXPECT_TRUE(innocent_->is_alive());
}

TEST_F(ServerTest, E_1_ten_malformed_frames_close_4500) {
    start();
    auto client = connect(100);
    for (int i = 0; i < 10; ++i) client.send("nonsense");
    EXPECT_EQ(client.close_code(), 4500);
    auto other = connect(100);
    for (int i = 0; i < 9; ++i) other.send("nonsense");
    EXPECT_TRUE(other.is_alive());
}

}  // namespace
}  // namespace sewa::e2e
