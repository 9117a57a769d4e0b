#include "chat/validate.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

TEST(CheckContent, M_6_white_space_around_the_text_goes) {
    EXPECT_EQ(check_content(" \t\r\n\v\fa b\n\n", 10).value(), "a b");
    EXPECT_EQ(check_content("\u00A0\u3000\uFEFFक\u2028\u200B", 10).value(), "क");
}

TEST(CheckContent, M_6_nothing_is_left_without_an_attachment) {
    for (auto const* const text : {"", " ", "\u00A0\n\u200B"}) {
        EXPECT_EQ(check_content(text, 10).error().code, Errc::kBadRequest) << text;
        EXPECT_EQ(check_content(text, 10).error().field, "content");
        EXPECT_EQ(check_content(text, 10, true).value(), "");
    }
}

TEST(CheckContent, M_6_characters_are_code_points_after_trimming) {
    EXPECT_TRUE(check_content(repeated("a", 5000), 5000));
    EXPECT_TRUE(check_content("  " + repeated("😀", 5000) + "  ", 5000));
    EXPECT_EQ(check_content(repeated("😀", 5001), 5000).error().code, Errc::kTooLarge);
    EXPECT_EQ(check_content(repeated("a", 5001), 5000).error().field, "content");
}

TEST(CheckContent, NUL_is_refused_inside_the_text) {
    EXPECT_EQ(check_content(std::string_view("a\0b", 3), 10).error().code, Errc::kBadRequest);
}

TEST(CheckClientMsgId, M_2_takes_1_to_64_plain_characters_or_none) {
    EXPECT_TRUE(check_client_msg_id(""));
    EXPECT_TRUE(check_client_msg_id("aZ09_-"));
    EXPECT_TRUE(check_client_msg_id(repeated("k", 64)));
    for (auto const& key : {repeated("k", 65), std::string("a b"), std::string("é"),
                            std::string("a\"b"), std::string("a.b"), std::string("a\0b", 3)}) {
        EXPECT_EQ(check_client_msg_id(key).error().field, "client_msg_id") << key;
    }
}

TEST(CheckEmoji, M_8_takes_one_emoji_and_no_markup) {
    for (auto const* const emoji : {"👍", "❤️", "👩‍👩‍👧‍👦", "+1", "🇳🇵"})
        EXPECT_TRUE(check_emoji(emoji)) << emoji;
    EXPECT_TRUE(check_emoji(repeated("👍", 16)));
    for (auto const& emoji :
         {std::string(), std::string(" "), std::string("a b"), std::string("<b>"), std::string("&"),
          std::string("\""), std::string("a\x7f"), std::string("a\0", 2), repeated("👍", 17)}) {
        EXPECT_EQ(check_emoji(emoji).error().field, "emoji") << emoji;
    }
}

}  // namespace
}  // namespace sewa::chat
