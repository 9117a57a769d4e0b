#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace sewa {

// An identifier that cannot be taken for one of another kind. 0 means none.
template <typename Tag>
struct Id {
    std::int64_t value = 0;

    friend auto operator<=>(Id, Id) = default;
    explicit operator bool() const { return value != 0; }
};

using UserId = Id<struct UserTag>;
using ServiceId = Id<struct ServiceTag>;
using ConversationId = Id<struct ConversationTag>;

// The number of an event in its conversation: dense, from 1. 0 for personal events.
using ConvSeq = Id<struct ConvSeqTag>;

// The position of an event in the log of this epoch: grows, has holes.
using Pos = Id<struct PosTag>;

// A message's id is the position of the event that posted it, so that no second index is needed.
using MessageId = Pos;

// Largest integer that every JSON client can hold exactly (2^53 − 1).
inline constexpr std::int64_t kIdMax = 9'007'199'254'740'991;

}  // namespace sewa

template <typename Tag>
struct std::hash<sewa::Id<Tag>> {
    std::size_t operator()(sewa::Id<Tag> id) const noexcept {
        // Fibonacci hashing: identifiers are dense, and identity hashing would cluster buckets.
        return static_cast<std::size_t>(id.value) * 0x9E3779B97F4A7C15ULL;
    }
};
