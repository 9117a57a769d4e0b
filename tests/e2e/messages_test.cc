// PROTOCOL section 3, over both transports.
#include <fmt/format.h>

#include "server_fixture.h"

namespace sewa::e2e {
namespace {

class Messages : public ServerTest {
protected:
    void SetUp() override {
        start();
        conversation_ = open_conversation(kCustomer);
    }
    static constexpr std::int64_t kCustomer = 100;

    Json send(WsClient& client, std::string_view text, std::string_view key = {}) {
        client.send(message(conversation_, text, key));
        return client.expect("ack")["data"];
    }
    HttpAnswer post_text(std::int64_t user, std::string_view text, std::string_view key = {}) {
        auto const more = key.empty() ? "" : fmt::format(R"(,"client_msg_id":"{}")", key);
        return post(
            user, "messages/",
            fmt::format(R"({{"conversation":{},"text":"{}"{}}})", conversation_, text, more));
    }
    Json history(std::int64_t user = kCustomer) {
        return get(user, fmt::format("messages/?conversation={}", conversation_)).json();
    }
    Json answer_to(WsClient& client, std::string const& frame, std::string_view type) {
        client.send(frame);
        return client.expect(type)["data"];
    }

    std::int64_t conversation_ = 0;
};

TEST_F(Messages, M_4_everybody_but_the_sending_v1_connection_gets_the_frame) {
    auto sender = connect(kCustomer), own_device = connect(kCustomer), other = connect(kProvider);
    for (auto* client : {&sender, &own_device, &other}) ASSERT_TRUE(client->is_alive());
    auto const ack = send(sender, "namaste", "k1");
    EXPECT_EQ(ack["client_msg_id"], "k1");
    EXPECT_FALSE(ack["duplicate"].truth());
    auto const mine = own_device.expect("message"), theirs = other.expect("message");
    EXPECT_EQ(mine.dump(), theirs.dump()) << "E-5: one encoding for all";
    auto const data = theirs["data"];
    EXPECT_EQ(data["id"], ack["id"].number());
    EXPECT_EQ(data["pos"], ack["pos"].number());
    EXPECT_EQ(data["conv_seq"], ack["conv_seq"].number());
    EXPECT_EQ(data["conversation_id"], conversation_);
    EXPECT_EQ(data["conversation"], conversation_);
    EXPECT_EQ(data["content"], "namaste");
    EXPECT_EQ(data["text"], "namaste");
    EXPECT_EQ(data["client_msg_id"], "k1");
    EXPECT_EQ(data["sender"]["id"], kCustomer);
    EXPECT_EQ(data["message_type"], "text");
    EXPECT_TRUE(data["reply_to"].is_null());
    EXPECT_TRUE(sender.is_alive());
    auto const next = sender.next(Deadline(std::chrono::milliseconds(20)));
    EXPECT_FALSE(next && (*next)["type"] == "message") << "the ack was its copy";
}

TEST_F(Messages, M_1_an_acknowledged_message_survives_SIGKILL_at_once) {
    auto client = connect(kCustomer);
    std::vector<std::int64_t> ids;
    for (int i = 0; i < 20; ++i) ids.push_back(send(client, fmt::format("m{}", i))["id"].number());
    restart();
    auto const found = history()["results"];
    ASSERT_EQ(found.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(found[i]["id"], ids[i]);
}

TEST_F(Messages, M_2_a_repeated_key_returns_the_first_result_everywhere_and_for_ever) {
    auto client = connect(kCustomer);
    auto const first = send(client, "once", "key-1");
    auto const expect_same = [&](Json const& ack) {
        EXPECT_TRUE(ack["duplicate"].truth()) << ack.dump();
        EXPECT_EQ(ack["id"], first["id"].number());
        EXPECT_EQ(ack["conv_seq"], first["conv_seq"].number());
        EXPECT_EQ(ack["created_at"], first["created_at"].text());
    };
    expect_same(send(client, "once", "key-1"));
    auto other_device = connect(kCustomer);
    expect_same(send(other_device, "once", "key-1"));
    auto const rest = post_text(kCustomer, "once", "key-1");
    EXPECT_EQ(rest.status, 201);
    EXPECT_TRUE(rest.json()["duplicate"].truth());
    EXPECT_EQ(rest.json()["id"], first["id"].number());
    restart();
    auto again = connect(kCustomer);
    expect_same(send(again, "once", "key-1"));
    EXPECT_EQ(history()["results"].size(), 1u);
}

TEST_F(Messages, M_2_the_same_key_with_another_body_is_conflict) {
    auto client = connect(kCustomer);
    send(client, "one", "key-1");
    auto const error = answer_to(client, message(conversation_, "two", "key-1"), "error");
    EXPECT_EQ(error["code"], "conflict");
    EXPECT_EQ(error["client_msg_id"], "key-1");
    EXPECT_EQ(post_text(kCustomer, "three", "key-1").status, 409);
    auto provider = connect(kProvider);
    EXPECT_FALSE(send(provider, "mine", "key-1")["duplicate"].truth()) << "keys are per sender";
}

TEST_F(Messages, M_2_a_key_used_first_over_REST_counts_for_WebSocket) {
    auto const id = post_text(kCustomer, "once", "key-1").json()["id"].number();
    auto client = connect(kCustomer);
    auto const ack = send(client, "once", "key-1");
    EXPECT_EQ(ack["id"], id);
    EXPECT_TRUE(ack["duplicate"].truth());
}

TEST_F(Messages, M_3_one_twin_without_key_over_the_other_transport_is_absorbed) {
    auto client = connect_base(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    client.send(message(conversation_, "both ways"));
    auto const id = client.expect("message")["data"]["id"].number();
    auto const twin = post_text(kCustomer, "both ways").json();
    EXPECT_EQ(twin["id"], id);
    EXPECT_TRUE(twin["duplicate"].truth());
    EXPECT_NE(post_text(kCustomer, "both ways").json()["id"].number(), id) << "one twin only";
    EXPECT_EQ(history()["results"].size(), 2u);
}

TEST_F(Messages, M_3_equal_texts_over_one_transport_are_two_messages) {
    auto client = connect(kCustomer);
    auto const first = send(client, "ok"), second = send(client, "ok");
    EXPECT_NE(first["id"].number(), second["id"].number());
    EXPECT_FALSE(second["duplicate"].truth());
}

TEST_F(Messages, H_1_a_message_over_REST_reaches_live_sessions_with_an_equal_frame) {
    auto own = connect(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(own.is_alive() && other.is_alive());
    auto const posted = post_text(kCustomer, "by REST", "k1");
    ASSERT_EQ(posted.status, 201);
    auto const frame = other.expect("message");
    EXPECT_EQ(frame.dump(), own.expect("message").dump());
    for (auto const* key : {"id", "conv_seq", "pos"}) {
        EXPECT_EQ(posted.json()[key].number(), frame["data"][key].number()) << key;
    }
    EXPECT_EQ(posted.json()["content"], "by REST");
}

TEST_F(Messages, M_5_frames_of_mixed_transports_arrive_in_ascending_pos_with_dense_conv_seq) {
    auto reader = connect(kProvider), writer = connect(kCustomer);
    ASSERT_TRUE(reader.is_alive());
    for (int i = 0; i < 60; ++i) {
        if (i % 3 == 0) {
            EXPECT_EQ(post_text(kCustomer, fmt::format("r{}", i)).status, 201);
        } else {
            writer.send(message(conversation_, fmt::format("w{}", i)));
        }
    }
    std::int64_t pos = 0, seq = -1;
    for (int i = 0; i < 60; ++i) {
        auto const data = reader.expect("message")["data"];
        EXPECT_GT(data["pos"].number(), pos);
        if (seq >= 0) {
            EXPECT_EQ(data["conv_seq"], seq + 1);
        }
        pos = data["pos"].number();
        seq = data["conv_seq"].number();
    }
}

TEST_F(Messages, M_7_the_sender_edits_and_nobody_else) {
    auto client = connect(kCustomer), other = connect(kProvider);
    auto const id = send(client, "tpyo")["id"].number();
    auto const edit = fmt::format(
        R"({{"type":"message_updated","id":"e","data":{{"id":{},"content":"typo"}}}})", id);
    EXPECT_EQ(answer_to(other, edit, "error")["code"], "forbidden");
    auto const ack = answer_to(client, edit, "ack");
    EXPECT_EQ(ack["conversation_id"], conversation_);
    auto const seen = other.expect("message_updated")["data"];
    EXPECT_EQ(seen["id"], id);
    EXPECT_EQ(seen["content"], "typo");
    EXPECT_EQ(seen["conv_seq"], ack["conv_seq"].number());
    EXPECT_EQ(seen["user_id"], kCustomer);
    EXPECT_TRUE(seen.has("rev") && seen.has("edited_at"));
    EXPECT_EQ(history()["results"][0]["content"], "typo");
    auto const patched =
        call("PATCH", kCustomer, fmt::format("messages/{}/", id), R"({"text":"third"})");
    EXPECT_EQ(patched.status, 200);
    EXPECT_EQ(other.expect("message_updated")["data"]["text"], "third");
}

TEST_F(Messages, M_7_a_delete_for_everyone_takes_the_text_from_everywhere) {
    auto client = connect(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    auto const first = send(client, "a secret");
    auto const since = first["pos"].number() - 1;
    auto const remove =
        fmt::format(R"({{"type":"message_deleted","id":"d","data":{{"id":{},"scope":"all"}}}})",
                    first["id"].number());
    EXPECT_EQ(answer_to(other, remove, "error")["code"], "forbidden");
    EXPECT_FALSE(answer_to(client, remove, "ack")["duplicate"].truth());
    auto const seen = other.expect("message_deleted");
    EXPECT_EQ(seen["data"]["scope"], "all");
    EXPECT_EQ(seen["deletion_type"], "everyone");
    EXPECT_EQ(seen["message_id"], first["id"].number());
    EXPECT_EQ(history()["results"].dump().find("a secret"), std::string::npos);
    auto const epoch = connect(kProvider).expect("connection")["data"]["epoch"].text();
    auto resumed = connect(kProvider, fmt::format("&since={}:{}", epoch, since));
    auto const replayed = resumed.expect("message")["data"];
    EXPECT_EQ(replayed["message_type"], "deleted");
    EXPECT_EQ(replayed["content"], "");
    EXPECT_EQ(resumed.expect("message_deleted")["data"]["id"], first["id"].number());
}

TEST_F(Messages, M_7_a_delete_for_me_is_a_personal_event) {
    auto client = connect(kCustomer), own = connect(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(own.is_alive() && other.is_alive());
    auto const id = send(other, "for you")["id"].number();
    own.expect("message");
    auto const remove =
        fmt::format(R"({{"type":"message_deleted","id":"d","data":{{"id":{},"scope":"me"}}}})", id);
    EXPECT_FALSE(answer_to(client, remove, "ack").has("conv_seq"));
    auto const seen = own.expect("message_deleted");
    EXPECT_EQ(seen["deletion_type"], "self");
    EXPECT_FALSE(seen["data"].has("conv_seq"));
    EXPECT_GT(seen["data"]["pos"].number(), 0);
    EXPECT_TRUE(other.is_alive());
    auto const next = other.next(Deadline(std::chrono::milliseconds(50)));
    EXPECT_FALSE(next && (*next)["type"] == "message_deleted") << "nobody else hears of it";
    EXPECT_EQ(history(kProvider)["results"].size(), 1u);
}

TEST_F(Messages, M_7_delete_over_REST) {
    auto const id = fmt::format("messages/{}/", post_text(kCustomer, "x").json()["id"].number());
    EXPECT_EQ(call("DELETE", kProvider, id, R"({"deletion_type":"everyone"})").status, 403);
    EXPECT_EQ(call("DELETE", kCustomer, id, R"({"deletion_type":"everyone"})").status, 204);
    EXPECT_EQ(call("DELETE", kCustomer, id, R"({"deletion_type":"world"})").status, 400);
}

TEST_F(Messages, M_8_reactions_are_a_set) {
    auto client = connect(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    auto const id = send(client, "tea?")["id"].number();
    auto const react = [&](std::string_view op) {
        return answer_to(client,
                         fmt::format(R"({{"type":"reaction","id":"x","data":{{"message_id":{},)"
                                     R"("emoji":"👍","op":"{}"}}}})",
                                     id, op),
                         "ack");
    };
    EXPECT_FALSE(react("add")["duplicate"].truth());
    auto const seen = other.expect("reaction")["data"];
    EXPECT_EQ(seen["emoji"], "👍");
    EXPECT_EQ(seen["op"], "add");
    EXPECT_TRUE(react("add")["duplicate"].truth());
    EXPECT_EQ(history()["results"][0]["reactions"][0]["user_ids"][0], kCustomer);
    EXPECT_FALSE(react("remove")["duplicate"].truth());
    EXPECT_TRUE(react("remove")["duplicate"].truth());
    EXPECT_EQ(other.expect("reaction")["data"]["op"], "remove") << "what changed nothing is silent";
    EXPECT_EQ(history()["results"][0]["reactions"].size(), 0u);
}

TEST_F(Messages, M_9_read_moves_forward_only_and_tells_unread) {
    auto client = connect(kCustomer), reader = connect(kProvider), device = connect(kProvider);
    ASSERT_TRUE(reader.is_alive() && device.is_alive());
    std::int64_t last = 0;
    for (int i = 0; i < 3; ++i) last = send(client, "x")["conv_seq"].number();
    auto const read = [&](std::int64_t up_to) {
        return answer_to(reader,
                         fmt::format(R"({{"type":"read","id":"x","data":{{"conversation_id":{},)"
                                     R"("up_to":{}}}}})",
                                     conversation_, up_to),
                         "ack");
    };
    EXPECT_FALSE(read(last - 1)["duplicate"].truth());
    auto const seen = client.expect("read")["data"];
    EXPECT_EQ(seen["up_to"], last - 1);
    EXPECT_EQ(seen["user_id"], kProvider);
    auto const unread = device.expect("unread")["data"];
    EXPECT_EQ(unread["conversation_id"], conversation_);
    EXPECT_EQ(unread["count"], 1);
    EXPECT_TRUE(read(1)["duplicate"].truth());
    EXPECT_FALSE(read(last + 1000)["duplicate"].truth()) << "clamped to the newest";
    EXPECT_GE(client.expect("read")["data"]["up_to"].number(), last);
    EXPECT_EQ(device.expect("unread")["data"]["count"], 0);
    auto const object = get(kProvider, fmt::format("conversations/{}/", conversation_)).json();
    EXPECT_EQ(object["unread_count"], 0);
    EXPECT_GE(object["delivered_up_to"].number(), last) << "read implies delivered";
}

TEST_F(Messages, M_9_delivered_is_relayed_without_conv_seq) {
    auto client = connect(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    auto const seq = send(client, "x")["conv_seq"].number();
    other.send(fmt::format(R"({{"type":"delivered","data":{{"conversation_id":{},"up_to":{}}}}})",
                           conversation_, seq));
    auto const seen = client.expect("delivered")["data"];
    EXPECT_EQ(seen["user_id"], kProvider);
    EXPECT_EQ(seen["up_to"], seq);
    EXPECT_FALSE(seen.has("conv_seq"));
}

TEST_F(Messages, M_10_replies_name_a_message_of_the_same_conversation) {
    auto client = connect(kCustomer);
    auto const id = send(client, "question")["id"].number();
    auto const reply = [&](std::int64_t to) {
        return fmt::format(R"({{"type":"message","id":"r","data":{{"conversation_id":{},)"
                           R"("content":"answer","reply_to":{}}}}})",
                           conversation_, to);
    };
    EXPECT_TRUE(answer_to(client, reply(id), "ack").has("id"));
    auto const foreign = open_conversation(101);
    auto stranger = connect(101);
    stranger.send(message(foreign, "elsewhere"));
    auto const elsewhere = stranger.expect("ack")["data"]["id"].number();
    for (auto const to : {elsewhere, std::int64_t{987'654}}) {
        auto const error = answer_to(client, reply(to), "error");
        EXPECT_EQ(error["code"], "bad_request");
        EXPECT_EQ(error["field"], "reply_to");
    }
    EXPECT_EQ(history()["results"][1]["reply_to"], id) << history()["results"][1].dump();
}

TEST_F(Messages, M_11_unread_counts_messages_of_others_that_are_not_deleted) {
    auto client = connect(kCustomer), other = connect(kProvider);
    send(client, "one");
    auto const id = send(client, "two")["id"].number();
    send(client, "three");
    send(other, "my own does not count");
    auto const unread = [&] {
        return get(kProvider, fmt::format("conversations/{}/", conversation_))
            .json()["unread_count"]
            .number();
    };
    EXPECT_EQ(unread(), 3);
    answer_to(client,
              fmt::format(R"({{"type":"message_deleted","id":"d","data":{{"id":{},)"
                          R"("scope":"all"}}}})",
                          id),
              "ack");
    EXPECT_EQ(unread(), 2);
}

TEST_F(Messages, section_6_voice_messages_are_relayed_with_their_sender) {
    auto client = connect(kCustomer), other = connect(kProvider);
    ASSERT_TRUE(other.is_alive());
    client.send(fmt::format(R"({{"type":"voice_message","data":{{"conversation_id":{},)"
                            R"("user_id":7,"sender":{{"id":7}},"duration":3}}}})",
                            conversation_));
    auto const seen = other.expect("voice_message")["data"];
    EXPECT_EQ(seen["user_id"], kCustomer);
    EXPECT_EQ(seen["sender"]["id"], kCustomer);
    EXPECT_EQ(seen["user_name"], "User 100");
    EXPECT_EQ(seen["duration"], 3);
}

}  // namespace
}  // namespace sewa::e2e
