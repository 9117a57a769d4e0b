#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"

namespace sewa::bench {

// Pure functions between frames and what the load generator needs of them. They look for keys
// instead of building a tree: the generator shares two cores with what it measures.

enum class FrameKind : std::uint8_t {
    kConnection,
    kSynced,
    kMessage,
    kAck,
    kTyping,
    kError,
    kDrain,
    kOther
};

struct ReceivedFrame {
    FrameKind kind = FrameKind::kOther;
    std::int64_t conversation = 0;
    std::int64_t conv_seq = 0;
    std::int64_t pos = 0;
    std::int64_t user = 0;  // typing
    bool is_typing = false;
    bool is_duplicate = false;  // ack
    std::string_view epoch;     // connection
    std::string_view resume;    // connection
    std::string_view key;       // client_msg_id
    std::string_view content;   // As it stands in the JSON; ours holds nothing to escape.
};
ReceivedFrame read_frame(std::string_view text);

// What a generated message says about itself.
struct Stamp {
    std::uint32_t member = 0;       // The sender's place in the conversation.
    std::uint32_t number = 0;       // From 1, per sender.
    std::uint64_t intended_ns = 0;  // When it was due.
};

// Content of `bytes` bytes or a little more: the stamp, then letters that depend on it.
std::string content_of(Stamp const& stamp, std::uint32_t bytes);
// The stamp of a content that is, byte for byte, what `content_of` gave.
std::optional<Stamp> read_content(std::string_view content, std::uint32_t bytes);

std::string key_of(std::uint32_t run, std::int64_t conversation, Stamp const& stamp);

std::string message_frame(std::int64_t conversation, std::string_view key,
                          std::string_view content);
std::string typing_frame(std::int64_t conversation);

}  // namespace sewa::bench
