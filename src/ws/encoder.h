#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ws/frame_header.h"

namespace sewa::ws {

// Frames other than the shared text frames of core/shared_frame.h. Pure; any thread.

// A whole control frame, without heap memory.
struct ControlFrame {
    std::array<char, kHeaderBytesMax + kControlPayloadMax> bytes;
    std::uint8_t size = 0;

    std::string_view wire() const { return {bytes.data(), size}; }
};

// `payload` is at most kControlPayloadMax bytes, which every received ping keeps.
ControlFrame ping_frame(std::string_view payload, MaskKey mask = {});
ControlFrame pong_frame(std::string_view payload, MaskKey mask = {});

// `reason` is cut between two code points to what fits. kNoStatus gives a frame without a code.
ControlFrame close_frame(std::uint16_t code, std::string_view reason, MaskKey mask = {});

// Header and payload at the end of `out`, masked when `header.mask` says so. `payload_bytes` is
// taken from `payload`. Clients send with it; a server uses it for binary frames.
void append_frame(std::string& out, FrameHeader header, std::string_view payload);

}  // namespace sewa::ws
