#include "chat/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sewa::chat {

namespace {

constexpr std::size_t kClientMsgIdMax = 64;
constexpr std::size_t kEmojiCharsMax = 16;

// White space that people paste, in UTF-8: ASCII, no-break space, line and paragraph separator,
// zero width space, ideographic space, byte order mark.
constexpr std::array<std::string_view, 12> kWhiteSpace{
    " ", "\t", "\n", "\r", "\v", "\f", "\u00A0", "\u2028", "\u2029", "\u200B", "\u3000", "\uFEFF"};

std::string_view trimmed(std::string_view text) {
    auto const strip = [](std::string_view& rest, auto matches, auto remove) {
        for (bool again = true; again;) {
            again = false;
            for (auto const space : kWhiteSpace) {
                if (!matches(rest, space)) continue;
                remove(rest, space.size());
                again = true;
            }
        }
    };
    strip(
        text, [](auto rest, auto space) { return rest.starts_with(space); },
        [](auto& rest, auto bytes) { rest.remove_prefix(bytes); });
    strip(
        text, [](auto rest, auto space) { return rest.ends_with(space); },
        [](auto& rest, auto bytes) { rest.remove_suffix(bytes); });
    return text;
}

// Code points of valid UTF-8: every byte that is no continuation starts one.
std::size_t count_chars(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xC0) != 0x80; }));
}

bool is_key_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

}  // namespace

Result<std::string_view> check_content(std::string_view content, std::size_t chars_max,
                                       bool may_be_empty, std::string_view field) {
    auto const refused = [field](Errc code, std::string message) {
        return fail(code, std::move(message), std::string(field));
    };
    auto const text = trimmed(content);
    if (text.empty() && !may_be_empty) return refused(Errc::kBadRequest, "a message needs a text");
    if (count_chars(text) > chars_max) {
        return refused(Errc::kTooLarge,
                       fmt::format("the text is longer than {} characters", chars_max));
    }
    if (text.find('\0') != std::string_view::npos) {
        return refused(Errc::kBadRequest, "the text holds a NUL character");
    }
    return text;
}

Status check_client_msg_id(std::string_view client_msg_id) {
    if (client_msg_id.size() > kClientMsgIdMax ||
        !std::all_of(client_msg_id.begin(), client_msg_id.end(), is_key_char)) {
        return fail(Errc::kBadRequest, "use 1 to 64 characters of A-Z a-z 0-9 _ -",
                    "client_msg_id");
    }
    return {};
}

Status check_emoji(std::string_view emoji) {
    bool const is_plain = std::any_of(emoji.begin(), emoji.end(), [](unsigned char c) {
        return c <= 0x20 || c == 0x7F || c == '<' || c == '>' || c == '&' || c == '"';
    });
    if (emoji.empty() || is_plain || count_chars(emoji) > kEmojiCharsMax) {
        return fail(Errc::kBadRequest, "a reaction is one emoji", "emoji");
    }
    return {};
}

}  // namespace sewa::chat
