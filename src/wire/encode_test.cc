#include "wire/encode.h"

#include "wire/golden_for_test.h"

namespace sewa::wire {
namespace {

constexpr WallMs kTime{1'767'225'600'000};  // 2026-01-01

class EncodeTest : public testing::Test {
protected:
    void expect_golden(std::string const& name, std::string const& frame) {
        ASSERT_TRUE(golden_.server.contains(name)) << name << " is not in frames.json";
        EXPECT_EQ(minified(frame), golden_.server[name]) << name;
        // The bytes go out as they are: no white space between the tokens.
        EXPECT_EQ(frame.find("\": "), std::string::npos) << frame;
    }

    static EventHead head(ConvSeq seq = {13}) {
        return {ConversationId{1}, seq, Pos{982}, UserId{42}, kTime};
    }
    static EventHead personal() { return head(ConvSeq{}); }

    Golden golden_;
    Person asha_{UserId{42}, "Asha", "Asha", "Rai", "/a.png", Role::kCustomer};
    Person bina_{UserId{7}, "Bina", "", "", "", Role::kProvider};
};

TEST_F(EncodeTest, message_has_every_key_and_escapes_its_text) {
    MessageBody body;
    body.head = {ConversationId{1}, ConvSeq{12}, Pos{981}, UserId{42}, kTime};
    body.sender = &asha_;
    body.client_msg_id = "k-1";
    body.content = "Namaste \"दिदी\"\n<b>&</b> \\ 👋";
    body.reply_to = MessageId{970};
    expect_golden("message", encode_message(body));

    body.sender = &bina_;
    body.client_msg_id = {};
    body.content = "hi";
    body.reply_to = {};
    expect_golden("message_minimal", encode_message(body));
}

TEST_F(EncodeTest, M_7_a_deleted_message_carries_no_text) {
    MessageBody body;
    body.head = {ConversationId{1}, ConvSeq{12}, Pos{981}, UserId{7}, kTime};
    body.sender = &bina_;
    body.client_msg_id = "k-1";
    body.type = MessageType::kDeleted;
    expect_golden("message_deleted_text", encode_message(body));
}

TEST_F(EncodeTest, E_6_events_carry_pos_and_conv_seq) {
    expect_golden("message_updated", encode_message_updated(head(), MessageId{981}, "new", 1));
    expect_golden("message_deleted_all",
                  encode_message_deleted(head(), MessageId{981}, DeleteScope::kAll));
    expect_golden("reaction_add", encode_reaction(head(), MessageId{981}, "👍", ReactionOp::kAdd));
    expect_golden("reaction_remove",
                  encode_reaction(head(), MessageId{981}, "👍", ReactionOp::kRemove));
    expect_golden("read", encode_read(head(), ConvSeq{12}));
}

TEST_F(EncodeTest, E_6_personal_events_carry_no_conv_seq) {
    expect_golden("message_deleted_me",
                  encode_message_deleted(personal(), MessageId{981}, DeleteScope::kMe));
    expect_golden("conversation_archived",
                  encode_conversation_change(personal(), ConversationChange::kArchived, {}, {}));
    expect_golden("conversation_deleted",
                  encode_conversation_change(personal(), ConversationChange::kDeleted, {}, {}));
}

TEST_F(EncodeTest, conversation_changes_name_title_and_participant_only_where_given) {
    auto const change = [](EventHead const& about, ConversationChange what,
                           std::string_view title = {}, UserId participant = {}) {
        return encode_conversation_change(about, what, title, participant);
    };
    expect_golden("conversation_created",
                  change(head(ConvSeq{1}), ConversationChange::kCreated, "Team"));
    expect_golden("conversation_renamed", change(head(), ConversationChange::kRenamed, "Team"));
    expect_golden("conversation_participant_added",
                  change(head(), ConversationChange::kParticipantAdded, {}, UserId{7}));
    expect_golden("conversation_participant_removed",
                  change(head(), ConversationChange::kParticipantRemoved, {}, UserId{7}));
    expect_golden("conversation_closed", change(head(), ConversationChange::kClosed));
    expect_golden("conversation_reopened", change(head(), ConversationChange::kReopened));
    expect_golden("conversation_blocked", change(head(), ConversationChange::kBlocked));
    expect_golden("conversation_unblocked", change(head(), ConversationChange::kUnblocked));
}

TEST_F(EncodeTest, control_characters_are_escaped) {
    std::string out;
    append_json_string(out, std::string_view("\x01\x1f\x7f\r\t\0end", 9));
    EXPECT_EQ(out, R"("\u0001\u001f\u007f\r\t\u0000end")");
}

TEST_F(EncodeTest, E_4_a_person_has_no_contact_data_and_nobody_is_null) {
    std::string out;
    append_person(out, Person{});
    EXPECT_EQ(out, "null");
    out.clear();
    append_person(out, asha_);
    EXPECT_EQ(out.find("mail"), std::string::npos);
    EXPECT_EQ(out.find("phone"), std::string::npos);
}

TEST_F(EncodeTest, data_of_is_the_data_object_of_a_message) {
    MessageBody body;
    body.head = head();
    body.sender = &asha_;
    body.content = R"(a trap: "data":{)";
    auto const frame = encode_message(body);
    EXPECT_EQ(std::string(R"({"type":"message","data":)") + std::string(data_of(frame)) + "}",
              frame);
}

TEST_F(EncodeTest, a_message_with_another_text_is_as_if_it_had_been_written_so) {
    MessageBody body;
    body.head = head();
    body.sender = &asha_;
    body.content = R"(a "trap\": ,"content":"x",)";
    auto const before = encode_message(body);
    EXPECT_EQ(content_json_of(data_of(before)), R"("a \"trap\\\": ,\"content\":\"x\",")");
    body.content = R"(b "\" c)";
    EXPECT_EQ(with_content(data_of(before), body.content), data_of(encode_message(body)));
}

TEST_F(EncodeTest, a_damaged_row_is_no_message_and_no_crash) {
    MessageBody body;
    body.head = head();
    body.sender = &asha_;
    body.content = R"(a "trap\": x)";
    auto const frame = encode_message(body);
    EXPECT_EQ(data_of("damaged"), "{}");
    for (std::size_t cut = 0; cut < frame.size(); ++cut) {
        auto const damaged = std::string_view(frame).substr(0, cut);
        with_content(data_of(damaged), "new");
    }
    EXPECT_EQ(with_content("{}", "new"), std::nullopt);
    EXPECT_EQ(content_json_of(R"(,"content":"open)"), "");
}

TEST_F(EncodeTest, a_full_name_has_no_space_too_many) {
    auto const full_name = [](std::string first, std::string last) {
        Person const person{UserId{1}, "login", std::move(first), std::move(last), "",
                            Role::kCustomer};
        std::string out;
        append_person(out, person);
        auto const from = out.find(R"("full_name":")") + 13;
        return out.substr(from, out.find('"', from) - from);
    };
    EXPECT_EQ(full_name("Asha", "Rai"), "Asha Rai");
    EXPECT_EQ(full_name("Asha", ""), "Asha");
    EXPECT_EQ(full_name("", "Rai"), "Rai");
    EXPECT_EQ(full_name("", ""), "login");
}

}  // namespace
}  // namespace sewa::wire
