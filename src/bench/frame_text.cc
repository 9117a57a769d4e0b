#include "bench/frame_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <utility>

namespace sewa::bench {

namespace {

constexpr std::string_view kTypeKey = R"({"type":")";

constexpr std::array<std::pair<std::string_view, FrameKind>, 7> kKinds{{
    {"message", FrameKind::kMessage},
    {"ack", FrameKind::kAck},
    {"typing", FrameKind::kTyping},
    {"connection", FrameKind::kConnection},
    {"synced", FrameKind::kSynced},
    {"error", FrameKind::kError},
    {"drain", FrameKind::kDrain},
}};

// Letters of every content, from an offset that depends on the message.
constexpr std::string_view kLetters =
    "the quick brown fox asks whether the room is free on Friday and what it would cost ";

std::string_view behind(std::string_view text, std::string_view key) {
    auto const at = text.find(key);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at + key.size());
}

std::int64_t int_behind(std::string_view text, std::string_view key) {
    auto const digits = behind(text, key);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::string_view string_behind(std::string_view text, std::string_view key) {
    auto const value = behind(text, key);
    return value.substr(0, value.find('"'));
}

FrameKind kind_of(std::string_view text) {
    if (!text.starts_with(kTypeKey)) return FrameKind::kOther;
    auto const rest = text.substr(kTypeKey.size());
    for (auto const& [name, kind] : kKinds) {
        if (rest.starts_with(name) && rest.substr(name.size()).starts_with('"')) return kind;
    }
    return FrameKind::kOther;
}

std::size_t letters_offset(Stamp const& stamp) {
    return (stamp.member * 31 + stamp.number) % kLetters.size();
}

// Takes a number and the blank behind it off the front.
template <typename Number>
bool take_number(std::string_view& text, Number& number) {
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    auto const digits = static_cast<std::size_t>(end - text.data());
    if (failure != std::errc{} || digits >= text.size() || *end != ' ') return false;
    text.remove_prefix(digits + 1);
    return true;
}

}  // namespace

ReceivedFrame read_frame(std::string_view text) {
    ReceivedFrame frame;
    frame.kind = kind_of(text);
    switch (frame.kind) {
        case FrameKind::kConnection:
            frame.epoch = string_behind(text, R"("epoch":")");
            frame.resume = string_behind(text, R"("resume":")");
            frame.pos = int_behind(text, R"("pos":)");
            break;
        case FrameKind::kSynced:
            frame.pos = int_behind(text, R"("pos":)");
            break;
        case FrameKind::kMessage:
        case FrameKind::kAck:
            frame.conversation = int_behind(text, R"("conversation_id":)");
            frame.conv_seq = int_behind(text, R"("conv_seq":)");
            frame.pos = int_behind(text, R"("pos":)");
            frame.key = string_behind(text, R"("client_msg_id":")");
            frame.content = string_behind(text, R"("content":")");
            frame.is_duplicate = text.ends_with(R"("duplicate":true}})");
            break;
        case FrameKind::kTyping:
            frame.conversation = int_behind(text, R"("conversation_id":)");
            frame.user = int_behind(text, R"("user_id":)");
            frame.is_typing = behind(text, R"("is_typing":)").starts_with("true");
            break;
        default:
            break;
    }
    return frame;
}

std::string content_of(Stamp const& stamp, std::uint32_t bytes) {
    std::string content;
    content.reserve(bytes + 64);
    fmt::format_to(std::back_inserter(content), "{} {} {} ", stamp.member, stamp.number,
                   stamp.intended_ns);
    auto at = letters_offset(stamp);
    while (content.size() < bytes) {
        auto const more = std::min(kLetters.size() - at, bytes - content.size());
        content += kLetters.substr(at, more);
        at = 0;
    }
    // The server trims blanks at the end.
    content.back() = '.';
    return content;
}

std::optional<Stamp> read_content(std::string_view content, std::uint32_t bytes) {
    Stamp stamp;
    auto rest = content;
    if (!take_number(rest, stamp.member) || !take_number(rest, stamp.number)) return std::nullopt;
    auto const last_digit = rest.find_first_not_of("0123456789");
    auto const digits = rest.substr(0, last_digit);
    std::from_chars(digits.data(), digits.data() + digits.size(), stamp.intended_ns);
    rest.remove_prefix(digits.size());
    if (rest.empty() || (content.size() < bytes)) return std::nullopt;
    if (rest == ".") return stamp;
    if (rest.front() != ' ' || rest.back() != '.') return std::nullopt;
    rest = rest.substr(1, rest.size() - 2);
    auto at = letters_offset(stamp);
    while (!rest.empty()) {
        auto const piece = kLetters.substr(at, rest.size());
        if (!rest.starts_with(piece)) return std::nullopt;
        rest.remove_prefix(piece.size());
        at = 0;
    }
    return stamp;
}

std::string key_of(std::uint32_t run, std::int64_t conversation, Stamp const& stamp) {
    return fmt::format("{:08x}-{}-{}-{}", run, conversation, stamp.member, stamp.number);
}

std::string message_frame(std::int64_t conversation, std::string_view key,
                          std::string_view content) {
    return fmt::format(R"({{"type":"message","data":{{"conversation_id":{},"client_msg_id":"{}",)"
                       R"("content":"{}"}}}})",
                       conversation, key, content);
}

std::string typing_frame(std::int64_t conversation) {
    return fmt::format(R"({{"type":"typing","data":{{"conversation_id":{},"is_typing":true}}}})",
                       conversation);
}

}  // namespace sewa::bench
