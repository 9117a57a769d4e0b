#include "ws/encoder.h"

#include <algorithm>
#include <cstring>

#include "core/assert.h"
#include "ws/decoder.h"

namespace sewa::ws {

namespace {

constexpr std::size_t kReasonBytesMax = kControlPayloadMax - 2;

bool is_continuation_byte(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::string_view cut_reason(std::string_view reason) {
    if (reason.size() <= kReasonBytesMax) return reason;
    auto size = kReasonBytesMax;
    while (size > 0 && is_continuation_byte(reason[size])) --size;
    return reason.substr(0, size);
}

ControlFrame control_frame(Opcode opcode, std::string_view payload, MaskKey mask) {
    SEWA_ASSERT(payload.size() <= kControlPayloadMax);
    ControlFrame frame;
    auto const header_bytes =
        write_header({.opcode = opcode, .mask = mask, .payload_bytes = payload.size()},
                     std::span(frame.bytes).first<kHeaderBytesMax>());
    auto* const out = frame.bytes.data() + header_bytes;
    std::copy(payload.begin(), payload.end(), out);
    if (mask) apply_mask({out, payload.size()}, *mask, 0);
    frame.size = static_cast<std::uint8_t>(header_bytes + payload.size());
    return frame;
}

}  // namespace

ControlFrame ping_frame(std::string_view payload, MaskKey mask) {
    return control_frame(Opcode::kPing, payload, mask);
}

ControlFrame pong_frame(std::string_view payload, MaskKey mask) {
    return control_frame(Opcode::kPong, payload, mask);
}

ControlFrame close_frame(std::uint16_t code, std::string_view reason, MaskKey mask) {
    if (code == kNoStatus) return control_frame(Opcode::kClose, {}, mask);
    reason = cut_reason(reason);
    std::array<char, kControlPayloadMax> payload;
    payload[0] = static_cast<char>(code >> 8);
    payload[1] = static_cast<char>(code);
    std::copy(reason.begin(), reason.end(), payload.begin() + 2);
    return control_frame(Opcode::kClose, {payload.data(), reason.size() + 2}, mask);
}

void append_frame(std::string& out, FrameHeader header, std::string_view payload) {
    header.payload_bytes = payload.size();
    std::array<char, kHeaderBytesMax> bytes;
    auto const header_bytes = write_header(header, bytes);
    out.reserve(out.size() + header_bytes + payload.size());
    out.append(bytes.data(), header_bytes);
    auto const start = out.size();
    out.append(payload);
    if (header.mask) apply_mask(std::span(out).subspan(start), *header.mask, 0);
}

}  // namespace sewa::ws
