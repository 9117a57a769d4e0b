#pragma once

#include <cstdint>

namespace sewa {

// Frames that may be merged or dropped, in the order in which a full queue sheds them.
enum class EphemeralKind : std::uint8_t { kPresence, kTyping, kReceipt };

inline constexpr int kEphemeralKinds = 3;

}  // namespace sewa
