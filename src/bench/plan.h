#pragma once

#include <cstdint>
#include <string>

#include "core/id.h"

namespace sewa::bench {

enum class Traffic : std::uint8_t { kMessages, kTyping, kIdle };

// Who talks to whom: conversations of the same size, and nobody is in two of them. A function of
// these numbers alone, so that the prepared folder and the load agree without a file between them.
struct Layout {
    std::uint32_t conversations = 0;
    std::uint32_t members = 2;
    bool are_pairs = true;

    std::uint32_t connections() const { return conversations * members; }
    UserId user(std::uint32_t conversation, std::uint32_t member) const {
        return {1 + std::int64_t{conversation} * members + member};
    }
    // The store counts conversations from 1 in the order of their creation.
    ConversationId id(std::uint32_t conversation) const { return {conversation + 1}; }
};

struct Plan {
    Layout layout;
    Traffic traffic = Traffic::kMessages;
    bool storm = false;
    std::uint32_t senders = 2;  // Of each conversation.
    std::uint32_t window = 1;   // Closed loop: messages of a sender that not everybody has yet.
    double rate = 0;            // Open loop when not 0: messages per second of all senders.
    double typing_rate = 0;     // Signals per second besides messages.
    double churn_rate = 0;      // Connections per second that end and come back.
    double away_seconds = 0;
    std::uint32_t slow_readers = 0;  // Further connections that sleep most of the time.
    std::uint32_t text_bytes = 100;
    double seconds = 5;
    double warmup_seconds = 1;
    std::uint32_t processes = 1;
    std::uint32_t connecting_max = 256;  // Handshakes in progress, per process.
    std::uint32_t run = 0;               // Makes the keys of this run differ from any other's.
    std::string secret;                  // HS256; signs the tokens.
    bool pins_cores = false;
};

// Outstanding writes of one connection; the server's limit is 256.
inline constexpr std::uint32_t kWindowMax = 200;
inline constexpr std::uint32_t kProcessesMax = 16;

}  // namespace sewa::bench
