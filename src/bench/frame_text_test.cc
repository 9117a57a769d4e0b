#include "bench/frame_text.h"

#include <gtest/gtest.h>

#include "wire/encode.h"
#include "wire/session_frames.h"

namespace sewa::bench {
namespace {

TEST(FrameText, reads_a_message_of_the_server) {
    Person const sender{UserId{42}, "Asha \"A\" Rai", "", "", "", sewa::Role::kCustomer};
    wire::MessageBody body;
    body.head = {ConversationId{7}, ConvSeq{12}, Pos{981}, UserId{42}, WallMs{1000}};
    body.client_msg_id = "k-1";
    body.content = "1 2 3.";
    body.sender = &sender;
    body.attachments_json = "[]";
    auto const text = wire::encode_message(body);

    auto const frame = read_frame(text);
    EXPECT_EQ(frame.kind, FrameKind::kMessage);
    EXPECT_EQ(frame.conversation, 7);
    EXPECT_EQ(frame.conv_seq, 12);
    EXPECT_EQ(frame.pos, 981);
    EXPECT_EQ(frame.key, "k-1");
    EXPECT_EQ(frame.content, "1 2 3.");
}

std::string ack_text(wire::AckFrame const& ack) {
    std::string text;
    wire::append_ack(text, ack);
    return text;
}

TEST(FrameText, reads_an_acknowledgement_of_the_server) {
    wire::AckFrame ack;
    ack.conversation = ConversationId{7};
    ack.id = ack.pos = Pos{981};
    ack.conv_seq = ConvSeq{12};
    ack.client_msg_id = "k-1";
    ack.created_at = WallMs{1000};
    auto text = ack_text(ack);
    auto frame = read_frame(text);
    EXPECT_EQ(frame.kind, FrameKind::kAck);
    EXPECT_EQ(frame.conv_seq, 12);
    EXPECT_EQ(frame.key, "k-1");
    EXPECT_FALSE(frame.is_duplicate);
    ack.duplicate = true;
    text = ack_text(ack);
    EXPECT_TRUE(read_frame(text).is_duplicate);
}

TEST(FrameText, reads_a_typing_frame_of_the_server) {
    auto const text = wire::encode_typing(ConversationId{7}, UserId{42}, "Asha", 6000);
    auto const frame = read_frame(text);
    EXPECT_EQ(frame.kind, FrameKind::kTyping);
    EXPECT_EQ(frame.conversation, 7);
    EXPECT_EQ(frame.user, 42);
    EXPECT_TRUE(frame.is_typing);
    auto const stop = wire::encode_typing(ConversationId{7}, UserId{42}, "Asha", 0);
    EXPECT_FALSE(read_frame(stop).is_typing);
}

TEST(FrameText, takes_other_types_for_what_they_are) {
    EXPECT_EQ(read_frame(R"({"type":"message_updated","data":{}})").kind, FrameKind::kOther);
    EXPECT_EQ(read_frame("").kind, FrameKind::kOther);
    EXPECT_EQ(read_frame(wire::encode_synced(Pos{5})).kind, FrameKind::kSynced);
    EXPECT_EQ(read_frame(wire::encode_synced(Pos{5})).pos, 5);
}

TEST(FrameText, finds_the_stamp_of_every_size_again) {
    for (std::uint32_t bytes = 1; bytes < 400; bytes += 7) {
        Stamp const stamp{3, bytes, 123'456'789'000};
        auto const content = content_of(stamp, bytes);
        EXPECT_GE(content.size(), bytes);
        auto const found = read_content(content, bytes);
        ASSERT_TRUE(found) << content;
        EXPECT_EQ(found->member, 3U);
        EXPECT_EQ(found->number, bytes);
        EXPECT_EQ(found->intended_ns, stamp.intended_ns);
    }
}

TEST(FrameText, refuses_a_content_in_which_one_letter_changed) {
    auto const content = content_of({3, 9, 123'456'789}, 300);
    for (std::size_t i = content.find("789") + 3; i < content.size(); ++i) {
        auto broken = content;
        broken[i] = broken[i] == 'x' ? 'y' : 'x';
        EXPECT_FALSE(read_content(broken, 300)) << i;
    }
    EXPECT_FALSE(read_content(content.substr(0, 299), 300));
    EXPECT_FALSE(read_content("", 300));
}

}  // namespace
}  // namespace sewa::bench
