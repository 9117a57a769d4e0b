#include "core/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace sewa {
namespace {

// The encoding rule of RFC 3629 §3, written out independently of the validator.
std::string encode(std::uint32_t code) {
    auto const tail = [](std::uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
    if (code < 0x80) return {static_cast<char>(code)};
    if (code < 0x800) return {static_cast<char>(0xC0 | code >> 6), tail(code)};
    if (code < 0x10000) return {static_cast<char>(0xE0 | code >> 12), tail(code >> 6), tail(code)};
    return {static_cast<char>(0xF0 | code >> 18), tail(code >> 12), tail(code >> 6), tail(code)};
}

// Number of bytes taken before the first refusal; the size when nothing was refused.
std::size_t accepted_bytes(std::string_view bytes) {
    Utf8Validator validator;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!validator.feed(bytes.substr(i, 1))) return i;
    }
    return bytes.size();
}

TEST(Utf8, every_scalar_value_is_valid_in_any_split) {
    for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
        bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
        auto const bytes = encode(code);
        ASSERT_EQ(is_utf8(bytes), !surrogate) << code;
        ASSERT_EQ(accepted_bytes(bytes), surrogate ? 1u : bytes.size()) << code;
        ASSERT_EQ(surrogate || count_code_points(bytes) == 1, true) << code;
    }
}

TEST(Utf8, every_three_byte_prefix_agrees_with_the_set_of_encodings) {
    std::string valid(1 << 24, '\0');
    auto const at = [](std::string_view b) {
        return (static_cast<unsigned char>(b[0]) << 16) | (static_cast<unsigned char>(b[1]) << 8) |
               static_cast<unsigned char>(b[2]);
    };
    for (std::uint32_t code = 0x800; code <= 0x10FFFF; ++code) {
        if (code < 0xD800 || code > 0xDFFF) valid[static_cast<std::size_t>(at(encode(code)))] = 1;
    }
    for (int value = 0xC00000; value < 1 << 24; ++value) {
        char const bytes[] = {static_cast<char>(value >> 16), static_cast<char>(value >> 8),
                              static_cast<char>(value)};
        if (value < 0xE00000) continue;
        Utf8Validator validator;
        ASSERT_EQ(validator.feed({bytes, 3}), valid[static_cast<std::size_t>(value)] != 0) << value;
    }
}

struct BadText {
    std::string_view bytes;
    std::size_t accepted;
};

TEST(Utf8, is_refused_at_the_first_bad_byte) {
    for (auto const& [bytes, accepted] : {
             BadText{"\x80", 0},
             {"\xBF", 0},
             {"\xC0\x80", 0},
             {"\xC1\xBF", 0},
             {"\xF5\x80", 0},
             {"\xFF", 0},
             {"\xFE", 0},
             {"\xE0\x80\x80", 1},
             {"\xE0\x9F\xBF", 1},
             {"\xED\xA0\x80", 1},
             {"\xED\xBF\xBF", 1},
             {"\xF0\x80\x80\x80", 1},
             {"\xF0\x8F\xBF\xBF", 1},
             {"\xF4\x90\x80\x80", 1},
             {"\xC2\x41", 1},
             {"\xE2\x82\x41", 2},
             {"\xF0\x9F\x98\xC3", 3},
             {"abcdefgh\xFFijklmnop", 8},
             {"\xCE\xBA\xE1\xBD\xB9\xED\xA0\x80", 6},
         }) {
        EXPECT_EQ(accepted_bytes(bytes), accepted);
        EXPECT_FALSE(is_utf8(bytes));
    }
}

TEST(Utf8, a_cut_code_point_is_incomplete_and_not_yet_wrong) {
    for (std::string_view const text : {"\xC3\xA9", "\xE0\xA4\x95", "\xF0\x9F\x98\x80"}) {
        for (std::size_t size = 1; size < text.size(); ++size) {
            Utf8Validator validator;
            EXPECT_TRUE(validator.feed(text.substr(0, size)));
            EXPECT_FALSE(validator.complete());
            EXPECT_TRUE(validator.feed(text.substr(size)));
            EXPECT_TRUE(validator.complete());
        }
    }
}

TEST(Utf8, a_bad_byte_at_any_offset_of_long_text_is_seen) {
    for (std::size_t size = 1; size < 40; ++size) {
        for (std::size_t bad = 0; bad < size; ++bad) {
            std::string text(size, 'a');
            text[bad] = '\xFF';
            ASSERT_EQ(accepted_bytes(text), bad);
            ASSERT_FALSE(is_utf8(text));
        }
    }
}

TEST(Utf8, code_points_are_counted_across_word_boundaries) {
    std::string text;
    std::size_t count = 0;
    for (std::uint32_t code = 1; code <= 0x10FFFF; code += 977) {
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        text += encode(code);
        ASSERT_EQ(count_code_points(text), ++count);
    }
}

}  // namespace
}  // namespace sewa
