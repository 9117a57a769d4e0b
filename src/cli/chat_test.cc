#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/chat_command.h"
#include "cli/chat_input.h"
#include "cli/chat_screen.h"
#include "cli/chat_text.h"
#include "cli/chat_timeline.h"

namespace sewa::cli {
namespace {

using namespace client;

constexpr UserId kMe{1};
constexpr UserId kBikash{2};

Message message(std::int64_t number, UserId sender, std::string content, std::string key = {}) {
    Message result;
    result.id = MessageId{number * 10};
    result.conversation = ConversationId{1};
    result.conv_seq = ConvSeq{number};
    result.client_msg_id = std::move(key);
    result.content = std::move(content);
    result.sender = {sender, sender == kMe ? "Asha" : "Bikash", "", ""};
    result.created_at = "2026-01-01T14:05:00.000Z";
    return result;
}

class ChatTimelineTest : public testing::Test {
protected:
    ChatTimelineTest() {
        setenv("TZ", "UTC", 1);
        Conversation conversation;
        conversation.id = ConversationId{1};
        conversation.participants = {{kMe, "Asha", "Asha Rai", "customer"},
                                     {kBikash, "Bikash", "Bikash Shrestha", "provider"}};
        timeline_.open(kMe, conversation);
    }
    std::string newest_line() const {
        return timeline_.line(timeline_.messages().rbegin()->second);
    }

    ChatTimeline timeline_;
};

using Lines = std::vector<std::string>;

TEST_F(ChatTimelineTest, tells_each_message_once) {
    MessageAdded const added{message(3, kBikash, "namaste"), false};
    EXPECT_EQ(timeline_.apply(added), Lines{"14:05 Bikash: namaste  #3"});
    EXPECT_TRUE(timeline_.apply(added).empty());
    EXPECT_FALSE(timeline_.add(added.message));
}

TEST_F(ChatTimelineTest, own_message_goes_from_sending_to_sent_to_read) {
    timeline_.apply(SendProgress{"k", ConversationId{1}, SendState::kSending, true, "hi"});
    ASSERT_EQ(timeline_.pending().size(), 1u);
    EXPECT_EQ(ChatTimeline::line(timeline_.pending()[0]), "… you: hi  (sending)");
    timeline_.apply(MessageAdded{message(4, kMe, "hi", "k"), true});
    EXPECT_TRUE(timeline_.pending().empty());
    EXPECT_EQ(newest_line(), "14:05 you: hi  #4 ✓");
    timeline_.apply(ReadMoved{ConversationId{1}, kBikash, ConvSeq{4}});
    EXPECT_EQ(newest_line(), "14:05 you: hi  #4 ✓✓");
}

TEST_F(ChatTimelineTest, shows_edits_deletes_and_reactions_in_place) {
    timeline_.add(message(1, kBikash, "nine?"));
    timeline_.apply(
        MessageUpdated{ConversationId{1}, ConvSeq{2}, MessageId{10}, kBikash, "ten?", ""});
    timeline_.apply(ReactionChanged{ConversationId{1}, ConvSeq{3}, MessageId{10}, kMe, "👍", true});
    EXPECT_EQ(newest_line(), "14:05 Bikash: ten? (edited) [👍 1]  #1");
    timeline_.apply(ReactionChanged{ConversationId{1}, ConvSeq{4}, MessageId{10}, kMe, "👍", false});
    timeline_.apply(MessageDeleted{ConversationId{1}, ConvSeq{5}, MessageId{10}, kBikash, true});
    EXPECT_EQ(newest_line(), "14:05 Bikash: (deleted)  #1");
}

TEST_F(ChatTimelineTest, other_conversations_do_not_show) {
    auto elsewhere = message(1, kBikash, "x");
    elsewhere.conversation = ConversationId{2};
    EXPECT_TRUE(timeline_.apply(MessageAdded{elsewhere, false}).empty());
    EXPECT_TRUE(timeline_.messages().empty());
}

TEST_F(ChatTimelineTest, typing_and_presence_have_words) {
    timeline_.apply(TypingChanged{ConversationId{1}, kBikash, "Bikash", true});
    EXPECT_EQ(timeline_.typing_line(), "Bikash is typing…");
    timeline_.apply(TypingChanged{ConversationId{1}, kBikash, "Bikash", false});
    EXPECT_EQ(timeline_.typing_line(), "");
    timeline_.apply(PresenceChanged{kBikash, "Bikash", true, ""});
    EXPECT_EQ(timeline_.presence_line(), "online");
    timeline_.apply(PresenceChanged{kBikash, "Bikash", false, "2026-01-01T08:30:00.000Z"});
    EXPECT_EQ(timeline_.presence_line(), "last seen 2026-01-01 08:30");
}

TEST_F(ChatTimelineTest, keeps_at_most_its_limit) {
    for (int i = 1; i <= 5'010; ++i) timeline_.add(message(i, kBikash, "x"));
    EXPECT_EQ(timeline_.messages().size(), ChatTimeline::kLinesMax);
}

TEST_F(ChatTimelineTest, nothing_from_a_peer_reaches_the_terminal_as_a_command) {
    auto evil = message(1, kBikash, "\x1b[2Jgone\r\x07 \u009b31m \u202Eabc\nnext");
    evil.sender.name = "B\x1b]0;x\x07";
    auto const told = timeline_.apply(MessageAdded{evil, false});
    ASSERT_EQ(told.size(), 1u);
    for (unsigned char const c : told[0]) EXPECT_GE(c, 0x20) << told[0];
    EXPECT_EQ(told[0].find("\u009b"), std::string::npos);
    EXPECT_EQ(told[0].find("\u202E"), std::string::npos);
    EXPECT_NE(told[0].find("␛[2Jgone␍␇"), std::string::npos) << told[0];
}

TEST_F(ChatTimelineTest, screen_has_title_messages_status_and_input) {
    timeline_.add(message(1, kBikash, "a text that is longer than one row of the screen"));
    timeline_.apply(TypingChanged{ConversationId{1}, kBikash, "Bikash", true});
    auto const screen = render({timeline_, "", {"-- notice"}, "namaste", 3, 0}, 30, 8);
    EXPECT_EQ(screen.rows, (Lines{"Bikash Shrestha · offline", "", "14:05 Bikash: a text that is",
                                  "longer than one row of the", "screen  #1", "-- notice",
                                  "-- Bikash is typing…", "> namaste"}));
    EXPECT_EQ(screen.cursor_row, 7u);
    EXPECT_EQ(screen.cursor_column, 5u);
}

TEST_F(ChatTimelineTest, screen_shows_the_end_and_scrolls_up) {
    for (int i = 1; i <= 30; ++i) timeline_.add(message(i, kBikash, std::to_string(i)));
    auto const end = render({timeline_, "connection lost", {}, "", 0, 0}, 40, 8);
    EXPECT_EQ(end.rows[5], "14:05 Bikash: 30  #30");
    EXPECT_EQ(end.rows[6], "-- connection lost");
    auto const up = render({timeline_, "", {}, "", 0, 1}, 40, 8);
    EXPECT_EQ(up.rows[5], "14:05 Bikash: 26  #26");
    auto const top = render({timeline_, "", {}, "", 0, 99}, 40, 8);
    EXPECT_EQ(top.rows[1], "14:05 Bikash: 1  #1");
}

TEST(ChatText, counts_columns_and_keeps_marks_with_their_letter) {
    EXPECT_EQ(display_width("नमस्ते"), 4u);
    EXPECT_EQ(display_width("👍a"), 3u);
    EXPECT_EQ(first_sign("े"), 3u);
    EXPECT_EQ(wrapped("abcdefghij", 4), (Lines{"abcd", "efgh", "ij"}));
    EXPECT_EQ(wrapped("", 10), Lines{""});
}

std::vector<std::string> typed(LineEditor& editor, std::string_view bytes) {
    std::vector<std::string> lines;
    for (auto const& outcome : editor.feed(bytes)) {
        if (auto const* line = std::get_if<LineEditor::Submitted>(&outcome))
            lines.push_back(line->line);
        if (std::holds_alternative<LineEditor::Left>(outcome)) lines.push_back("LEFT");
    }
    return lines;
}

TEST(LineEditor, edits_a_line) {
    LineEditor editor;
    EXPECT_TRUE(typed(editor, "helo\x1b[Dl\x1b[C!").empty());
    EXPECT_EQ(editor.text(), "hello!");
    EXPECT_EQ(typed(editor, "\x7f\r"), Lines{"hello"});
    EXPECT_EQ(editor.text(), "");
    typed(editor, "\x1b[A");
    EXPECT_EQ(editor.text(), "hello");
    typed(editor, "\x01>\x05 you\x17me");
    EXPECT_EQ(editor.text(), ">hello me");
    EXPECT_EQ(typed(editor, "\x15\x04"), Lines{"LEFT"});
}

TEST(LineEditor, backspace_takes_a_letter_with_its_mark) {
    LineEditor editor;
    typed(editor, "नमस्ते\x7f");
    EXPECT_EQ(editor.text(), "नमस्");
    typed(editor, "\x1b[D\x7f");
    EXPECT_EQ(editor.text(), "नस्");
}

TEST(LineEditor, signs_and_keys_may_arrive_in_pieces) {
    LineEditor editor;
    for (char const c : std::string("क\x1b[D\x1b[3~x")) typed(editor, std::string_view(&c, 1));
    EXPECT_EQ(editor.text(), "x");
}

TEST(LineEditor, broken_bytes_and_unknown_keys_do_no_harm) {
    LineEditor editor;
    typed(editor,
          "a\xFF\xFF\xFF\xFF\x80"
          "b\x1b[99;99Rc\x1b\x1b");
    typed(editor, "x\x1b[" + std::string(100, '1') + "d");
    EXPECT_EQ(editor.text().find('\x1b'), std::string::npos);
    EXPECT_EQ(editor.text().front(), 'a');
    typed(editor, std::string(30'000, 'y'));
    EXPECT_LE(editor.text().size(), LineEditor::kBytesMax);
}

TEST(ChatCommand, is_read_or_explained) {
    using Kind = ChatCommand::Kind;
    struct Row {
        std::string_view line;
        Kind kind;
        std::int64_t number;
        std::string text;
    };
    for (auto const& row :
         {Row{"  ", Kind::kNothing, 0, ""}, Row{" hi there ", Kind::kSay, 0, "hi there"},
          Row{"//etc", Kind::kSay, 0, "/etc"}, Row{"/history", Kind::kHistory, 0, ""},
          Row{"/history 5", Kind::kHistory, 5, ""}, Row{"/join 3", Kind::kJoin, 3, ""},
          Row{"/edit #12  new  text", Kind::kEdit, 12, "new  text"},
          Row{"/react 4 👍", Kind::kReact, 4, "👍"}, Row{"/quit", Kind::kQuit, 0, ""}}) {
        auto const command = parse_chat_command(row.line);
        ASSERT_TRUE(command) << row.line;
        EXPECT_EQ(command->kind, row.kind) << row.line;
        EXPECT_EQ(command->number, row.number) << row.line;
        EXPECT_EQ(command->text, row.text) << row.line;
    }
    for (auto const* line : {"/", "/nope", "/join", "/join x", "/join -1", "/edit 3", "/react 3",
                             "/who me", "/delete 3 4", "/join 99999999999999999999"}) {
        EXPECT_FALSE(parse_chat_command(line)) << line;
    }
}

}  // namespace
}  // namespace sewa::cli
