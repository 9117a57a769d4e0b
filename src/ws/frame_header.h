#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/errc.gen.h"

namespace sewa::ws {

// RFC 6455 §5.2, one frame header: reading, writing, masking. Pure functions, any thread.

enum class Opcode : std::uint8_t {
    kContinuation = 0,
    kText = 1,
    kBinary = 2,
    kClose = 8,
    kPing = 9,
    kPong = 10,
};

constexpr bool is_control(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}

// Which side of a connection we are: clients mask what they send, servers do not.
enum class Role : std::uint8_t { kServer, kClient };

inline constexpr std::size_t kHeaderBytesMax = 14;
inline constexpr std::size_t kControlPayloadMax = 125;

// Four key bytes, first one lowest in memory. Absent: the frame is not masked.
using MaskKey = std::optional<std::uint32_t>;

struct FrameHeader {
    Opcode opcode = Opcode::kText;
    bool fin = true;
    bool compressed = false;  // RSV1, RFC 7692 §6: set on the first frame of a message only.
    MaskKey mask;
    std::uint64_t payload_bytes = 0;
};

// Why the connection has to end, in the words of the close frame. `reason` is a literal.
struct Violation {
    CloseCode code;
    std::string_view reason;
};

// What is allowed for the next frame, which depends on the frames before it.
struct HeaderRules {
    Role role = Role::kServer;
    bool compression = false;
    bool in_message = false;                 // A fragmented message is open.
    bool fragments_full = false;             // ... and has as many fragments as it may have.
    std::uint64_t payload_bytes_max = 0;     // What the open message, or a new one, may still take.
    std::uint64_t compressed_bytes_max = 0;  // For the first frame of a compressed message.
};

struct HeaderRead {
    std::size_t header_bytes = 0;  // 0: more bytes are needed, or there is a violation.
    FrameHeader header;
    std::optional<Violation> violation;
};

// Judges as much of a header as is there, in wire order, so that the first byte that breaks a rule
// is refused before the next one arrives.
HeaderRead read_header(std::string_view bytes, HeaderRules const& rules);

// Writes the shortest form and returns its size.
std::size_t write_header(FrameHeader const& header, std::span<char, kHeaderBytesMax> out);

// Masks or unmasks in place. `offset` is the position of the first byte in the frame's payload.
void apply_mask(std::span<char> bytes, std::uint32_t key, std::uint64_t offset);

}  // namespace sewa::ws
