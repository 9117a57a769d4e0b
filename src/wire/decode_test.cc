#include "wire/decode.h"

#include <fmt/format.h>

#include "wire/golden_for_test.h"

namespace sewa::wire {
namespace {

constexpr std::size_t kFrameBytesMax = 65'536;

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::string message_with(std::string_view more) {
    return fmt::format(R"({{"type":"message","data":{{"conversation_id":1,"content":"hi",{}}}}})",
                       more);
}

class DecodeTest : public testing::Test {
protected:
    template <typename Body>
    Body decoded(std::string_view text) {
        frame_ = decoder_.decode(text);
        if (!frame_.body) {
            ADD_FAILURE() << text << ": " << frame_.body.error().message;
            return {};
        }
        auto* const body = std::get_if<Body>(&*frame_.body);
        if (body == nullptr) {
            ADD_FAILURE() << text << " is something else";
            return {};
        }
        return *body;
    }
    Error refused(std::string_view text) {
        frame_ = decoder_.decode(text);
        if (!frame_.body) return frame_.body.error();
        ADD_FAILURE() << "accepted: " << text;
        return {};
    }

    Decoder decoder_{kFrameBytesMax};
    ClientFrame frame_{{}, {}, fail(Errc::kInternal, "")};
};

TEST_F(DecodeTest, golden_client_frames_are_accepted_or_refused_as_written) {
    Golden const golden;
    ASSERT_GE(golden.client.size(), 40u);
    for (auto const& [name, frame] : golden.client) {
        EXPECT_EQ(decoder_.decode(frame.text).body.has_value(), frame.is_valid) << name;
    }
}

TEST_F(DecodeTest, message_brings_all_its_fields) {
    auto const message = decoded<ClientMessage>(
        R"({"type":"message","id":"r1","data":{"conversation_id":5,"content":"a\u00e9\n",)"
        R"("client_msg_id":"k","reply_to":9,"attachments":[1,2]}})");
    EXPECT_EQ(message.conversation, ConversationId{5});
    EXPECT_EQ(message.content, "a\u00e9\n");
    EXPECT_EQ(message.client_msg_id, "k");
    EXPECT_EQ(message.reply_to, MessageId{9});
    EXPECT_EQ(message.attachments, (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(frame_.request_id, "r1");
    EXPECT_EQ(frame_.client_msg_id, "k");
}

TEST_F(DecodeTest, every_other_frame_brings_its_fields) {
    auto const edit =
        decoded<ClientEdit>(R"({"type":"message_updated","data":{"message_id":9,"text":"new"}})");
    EXPECT_EQ(edit.message, MessageId{9});
    EXPECT_EQ(edit.content, "new");
    auto const for_all = decoded<ClientDelete>(
        R"({"type":"message_deleted","data":{"id":9,"deletion_type":"everyone"}})");
    EXPECT_EQ(for_all.scope, DeleteScope::kAll);
    auto const for_me = decoded<ClientDelete>(R"({"type":"message_deleted","data":{"id":9}})");
    EXPECT_EQ(for_me.scope, DeleteScope::kMe);
    auto const reaction = decoded<ClientReaction>(
        R"({"type":"reaction","data":{"message_id":9,"emoji":"👍","op":"remove"}})");
    EXPECT_EQ(reaction.emoji, "👍");
    EXPECT_EQ(reaction.op, ReactionOp::kRemove);
    auto const read = decoded<ClientRead>(R"({"type":"read","data":{"conversation":5,"up_to":0}})");
    EXPECT_EQ(read.conversation, ConversationId{5});
    EXPECT_EQ(read.up_to, ConvSeq{0});
    auto const delivered =
        decoded<ClientDelivered>(R"({"type":"delivered","data":{"conversation_id":5,"up_to":3}})");
    EXPECT_EQ(delivered.up_to, ConvSeq{3});
    auto const typing =
        decoded<ClientTyping>(R"({"type":"typing","data":{"conversation_id":5,"is_typing":true}})");
    EXPECT_TRUE(typing.is_typing);
    auto const presence = decoded<ClientPresence>(R"({"type":"presence","data":{"ids":[7,42]}})");
    EXPECT_EQ(presence.ids, (std::vector{UserId{7}, UserId{42}}));
    EXPECT_EQ(decoded<ClientFocus>(R"({"type":"focus","data":{}})").conversation, ConversationId{});
    EXPECT_EQ(decoded<ClientAuth>(R"({"type":"auth","data":{"token":"t"}})").token, "t");
    decoded<ClientHeartbeat>(R"({"type":"heartbeat"})");
}

TEST_F(DecodeTest, E_4_a_relayed_frame_loses_what_it_claims_about_its_sender) {
    auto const relay = decoded<ClientRelay>(
        R"({"type":"voice_message","data":{"user_id":1,"conversation_id":5,"url":"/a",)"
        R"("user_name":"X","sender":{"id":1},"sender_id":1,"role":"staff","n":{"a":[1]}}})");
    EXPECT_EQ(relay.type, "voice_message");
    EXPECT_EQ(relay.conversation, ConversationId{5});
    EXPECT_EQ(relay.data_json, R"({"url":"/a","n":{"a":[1]}})");
}

TEST_F(DecodeTest, E_1_what_is_no_json_object_is_a_bad_request) {
    for (auto const* const text :
         {"", " ", "{", "null", "1", "\"a\"", "[]", "{}", "{} {}", "{\"type\"}",
          R"({"type":"heartbeat"}x)", R"({'type':'heartbeat'})", "{\"type\":\"heart\nbeat\"}",
          R"({"type":null,"data":{}})", R"({"type":"message","data":null})",
          "{\"type\":\"heartbeat\",\"x\":\"\xff\"}"}) {
        EXPECT_EQ(refused(text).code, Errc::kBadRequest) << text;
    }
}

TEST_F(DecodeTest, E_1_a_wrong_shape_names_the_field) {
    struct Case {
        char const* text;
        char const* field;
    };
    for (auto const& [text, field] : std::initializer_list<Case>{
             {R"({"type":"message","data":{"content":"a"}})", "conversation_id"},
             {R"({"type":"message","data":{"conversation_id":true}})", "conversation_id"},
             {R"({"type":"message","data":{"conversation_id":1.5}})", "conversation_id"},
             {R"({"type":"message","data":{"conversation_id":1.0}})", "conversation_id"},
             {R"({"type":"message","data":{"conversation_id":-1}})", "conversation_id"},
             {R"({"type":"message","data":{"conversation":"1"}})", "conversation"},
             {R"({"type":"message","data":{"conversation_id":1,"content":[]}})", "content"},
             {R"({"type":"message","data":{"conversation_id":1,"text":5}})", "text"},
             {R"({"type":"message","data":{"conversation_id":1,"client_msg_id":5}})",
              "client_msg_id"},
             {R"({"type":"message","data":{"conversation_id":1,"reply_to":0}})", "reply_to"},
             {R"({"type":"message","data":{"conversation_id":1,"attachments":1}})", "attachments"},
             {R"({"type":"message","data":{"conversation_id":1,"attachments":[0]}})",
              "attachments"},
             {R"({"type":"message","data":{"conversation_id":1,"content":"a","text":5}})", "text"},
             {R"({"type":"message","data":{"conversation_id":"1","conversation":1}})",
              "conversation_id"},
             {R"({"type":"message_updated","data":{"content":"a"}})", "id"},
             {R"({"type":"message_updated","data":{"id":1,"content":5}})", "content"},
             {R"({"type":"message_deleted","data":{}})", "id"},
             {R"({"type":"message_deleted","data":{"id":1,"scope":"me","deletion_type":1}})",
              "deletion_type"},
             {R"({"type":"reaction","data":{"emoji":"a"}})", "id"},
             {R"({"type":"read","data":{"up_to":1}})", "conversation_id"},
             {R"({"type":"delivered","data":{"up_to":1}})", "conversation_id"},
             {R"({"type":"typing","data":{"is_typing":true}})", "conversation_id"},
             {R"({"type":"message_updated","data":{"message_id":"a"}})", "message_id"},
             {R"({"type":"message_deleted","data":{"id":1,"scope":1}})", "scope"},
             {R"({"type":"message_deleted","data":{"id":1,"deletion_type":"x"}})", "deletion_type"},
             {R"({"type":"reaction","data":{"message_id":1}})", "emoji"},
             {R"({"type":"reaction","data":{"message_id":1,"emoji":"a","op":true}})", "op"},
             {R"({"type":"read","data":{"conversation_id":1}})", "up_to"},
             {R"({"type":"delivered","data":{"conversation_id":1,"up_to":-1}})", "up_to"},
             {R"({"type":"typing","data":{"conversation_id":1}})", "is_typing"},
             {R"({"type":"typing","data":{"conversation_id":1,"is_typing":1}})", "is_typing"},
             {R"({"type":"presence","data":{"ids":7}})", "ids"},
             {R"({"type":"presence","data":{"ids":[7,"a"]}})", "ids"},
             {R"({"type":"focus","data":{"conversation_id":"a"}})", "conversation_id"},
             {R"({"type":"auth","data":{"token":7}})", "token"},
             {R"({"type":"typing"})", "data"},
         }) {
        auto const error = refused(text);
        EXPECT_EQ(error.code, Errc::kBadRequest) << text;
        EXPECT_EQ(error.field, field) << text;
    }
}

TEST_F(DecodeTest, E_2_an_unknown_type_is_named_as_such) {
    EXPECT_EQ(refused(R"({"type":"teleport","id":"r","data":{}})").code, Errc::kUnknownType);
    EXPECT_EQ(frame_.request_id, "r");
    EXPECT_EQ(refused(R"({"type":"ack","data":{}})").code, Errc::kUnknownType);
}

TEST_F(DecodeTest, E_3_integers_end_at_2_to_the_53) {
    auto const with_reply = [](char const* number) {
        return message_with(fmt::format(R"("reply_to":{})", number));
    };
    EXPECT_EQ(decoded<ClientMessage>(with_reply("9007199254740991")).reply_to.value, kIdMax);
    for (auto const* const number : {"9007199254740992", "9223372036854775807",
                                     "9223372036854775808", "99999999999999999999999"}) {
        EXPECT_EQ(refused(with_reply(number)).code, Errc::kBadRequest) << number;
    }
    auto const big_ids = R"({"type":"presence","data":{"ids":[9007199254740992]}})";
    EXPECT_EQ(refused(big_ids).field, "ids");
}

TEST_F(DecodeTest, E_3_sixteen_levels_are_read_and_seventeen_are_not) {
    auto const nested = [](std::size_t levels) {
        return message_with("\"x\":" + repeated("[", levels - 2) + repeated("]", levels - 2));
    };
    decoded<ClientMessage>(nested(16));
    EXPECT_EQ(refused(nested(17)).code, Errc::kBadRequest);
    EXPECT_EQ(refused(nested(5000)).code, Errc::kBadRequest);
    decoded<ClientMessage>(nested(16));  // A refusal leaves nothing behind.
}

TEST_F(DecodeTest, E_3_two_names_of_one_thing_must_agree) {
    struct Case {
        char const* text;
        char const* field;
    };
    for (auto const& [text, field] : std::initializer_list<Case>{
             {R"({"type":"message","data":{"conversation_id":1,"content":"a","text":"b"}})",
              "text"},
             {R"({"type":"message","data":{"conversation_id":1,"conversation":2,"text":"b"}})",
              "conversation"},
             {R"({"type":"message_updated","data":{"id":1,"message_id":2,"text":"b"}})",
              "message_id"},
             {R"({"type":"message_deleted","data":{"id":1,"scope":"me",)"
              R"("deletion_type":"everyone"}})",
              "deletion_type"},
         }) {
        EXPECT_EQ(refused(text).field, field) << text;
    }
    auto const echoed = R"({"type":"message_deleted","data":{"id":1,"message_id":1,"scope":"all",)"
                        R"("deletion_type":"everyone"}})";
    EXPECT_EQ(decoded<ClientDelete>(echoed).scope, DeleteScope::kAll);
}

TEST_F(DecodeTest, a_frame_up_to_the_limit_is_read_and_a_longer_one_is_refused) {
    auto const of_size = [](std::size_t bytes) {
        auto const empty = message_with(R"("x":"")");
        return message_with(fmt::format(R"("x":"{}")", repeated("a", bytes - empty.size())));
    };
    decoded<ClientMessage>(of_size(kFrameBytesMax));
    EXPECT_EQ(refused(of_size(kFrameBytesMax + 1)).code, Errc::kBadRequest);
    EXPECT_EQ(refused(of_size(4 * kFrameBytesMax)).code, Errc::kBadRequest);
}

TEST_F(DecodeTest, lists_and_texts_have_limits) {
    auto const presence = [](std::size_t count) {
        return fmt::format(R"({{"type":"presence","data":{{"ids":[7{}]}}}})",
                           repeated(",7", count - 1));
    };
    EXPECT_EQ(decoded<ClientPresence>(presence(200)).ids.size(), 200u);
    EXPECT_EQ(refused(presence(201)).field, "ids");

    auto const attached = [](std::size_t count) {
        return message_with(fmt::format(R"("attachments":[7{}])", repeated(",7", count - 1)));
    };
    EXPECT_EQ(decoded<ClientMessage>(attached(10)).attachments.size(), 10u);
    EXPECT_EQ(refused(attached(11)).field, "attachments");

    auto const auth = [](std::size_t bytes) {
        return fmt::format(R"({{"type":"auth","data":{{"token":"{}"}}}})", repeated("t", bytes));
    };
    EXPECT_EQ(decoded<ClientAuth>(auth(8192)).token.size(), 8192u);
    EXPECT_EQ(refused(auth(8193)).code, Errc::kTooLarge);

    auto const relay = [](std::size_t bytes) {
        return fmt::format(R"({{"type":"voice_message","data":{{"conversation_id":1,"x":"{}"}}}})",
                           repeated("x", bytes - 8));
    };
    EXPECT_EQ(decoded<ClientRelay>(relay(4096)).data_json.size(), 4096u);
    EXPECT_EQ(refused(relay(4097)).code, Errc::kTooLarge);
}

TEST_F(DecodeTest, request_ids_are_echoed_when_they_are_short_texts_or_integers) {
    auto const id_of = [&](std::string const& id) {
        auto const text = fmt::format(R"({{"type":"heartbeat","id":{}}})", id);
        return std::string(decoder_.decode(text).request_id);
    };
    EXPECT_EQ(id_of(R"("r")"), "r");
    EXPECT_EQ(id_of("12"), "12");
    EXPECT_EQ(id_of('"' + repeated("r", 64) + '"'), repeated("r", 64));
    EXPECT_EQ(id_of('"' + repeated("r", 65) + '"'), "");
    EXPECT_EQ(id_of("{}"), "");
    EXPECT_EQ(id_of("1.5"), "");
}

TEST_F(DecodeTest, a_refused_message_still_names_its_key) {
    refused(R"({"type":"message","id":"r","data":{"conversation_id":0,"client_msg_id":"k"}})");
    EXPECT_EQ(frame_.client_msg_id, "k");
    EXPECT_EQ(frame_.request_id, "r");
}

TEST(JsonBody, fields_have_defaults_types_and_ranges) {
    auto const body = JsonBody::parse(
        R"({"a":"x","n":7,"s":"8","b":true,"l":[1,2],"z":null,"big":9007199254740992})");
    ASSERT_TRUE(body);
    EXPECT_EQ(body->string_or("a", "").value(), "x");
    EXPECT_EQ(body->string_or("none", "y").value(), "y");
    EXPECT_EQ(body->string_or("z", "y").value(), "y");
    EXPECT_EQ(body->string_or("n", "").error().field, "n");
    EXPECT_EQ(body->id_or("n", 0).value(), 7);
    EXPECT_EQ(body->id_or("s", 0).value(), 8);
    EXPECT_EQ(body->id_or("none", 3).value(), 3);
    EXPECT_EQ(body->id_or("a", 0).error().field, "a");
    EXPECT_EQ(body->id_or("big", 0).error().code, Errc::kBadRequest);
    EXPECT_TRUE(body->bool_or("b", false).value());
    EXPECT_EQ(body->bool_or("n", false).error().field, "n");
    EXPECT_EQ(body->ids("l", 2).value().size(), 2u);
    EXPECT_EQ(body->ids("l", 1).error().field, "l");
    EXPECT_TRUE(body->ids("none", 1).value().empty());
    EXPECT_TRUE(body->has("a"));
    EXPECT_FALSE(body->has("z"));
}

TEST(JsonBody, what_is_no_object_is_a_bad_request) {
    for (auto const* const text : {"", "[]", "{", "1", "{\"a\":\"\xff\"}"}) {
        EXPECT_EQ(JsonBody::parse(text).error().code, Errc::kBadRequest) << text;
    }
    EXPECT_FALSE(JsonBody::parse(R"({"a":)" + repeated("[", 20) + repeated("]", 20) + "}"));
}

TEST_F(DecodeTest, optional_fields_have_their_other_names_and_defaults) {
    auto const scope = [&](std::string_view text) {
        auto const frame = fmt::format(
            R"({{"type":"message_deleted","data":{{"message_id":5,"scope":"{}"}}}})", text);
        return decoded<ClientDelete>(frame).scope;
    };
    EXPECT_EQ(scope("self"), DeleteScope::kMe);
    EXPECT_EQ(scope("everyone"), DeleteScope::kAll);
    auto const reaction = R"({"type":"reaction","data":{"message_id":5,"emoji":"x"}})";
    EXPECT_EQ(decoded<ClientReaction>(reaction).emoji, "x");
}

TEST_F(DecodeTest, a_key_that_is_too_long_is_not_echoed) {
    decoded<ClientMessage>(message_with(R"("client_msg_id":")" + repeated("k", 65) + '"'));
    EXPECT_EQ(frame_.client_msg_id, "");
}

TEST(JsonBody, ids_in_texts_are_integers_within_the_range) {
    auto const id = [](std::string_view text) {
        auto const body = JsonBody::parse(fmt::format(R"({{"id":{}}})", text)).value();
        return body.id_or("id", 0);
    };
    EXPECT_EQ(id(R"("42")"), 42);
    EXPECT_FALSE(id(R"("")"));
    EXPECT_FALSE(id(R"("-1")"));
    EXPECT_FALSE(id(R"("9999999999999999")")) << "above 2 to the 53";
    EXPECT_FALSE(id(R"("99999999999999999")")) << "too many digits";
}

TEST(JsonBody, flags_may_be_absent) {
    EXPECT_TRUE(JsonBody::parse("{}")->bool_or("flag", true).value());
}

}  // namespace
}  // namespace sewa::wire
