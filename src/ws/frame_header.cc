#include "ws/frame_header.h"

#include <bit>
#include <cstring>

namespace sewa::ws {

namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kRsv1 = 0x40;
constexpr std::uint8_t kRsv2And3 = 0x30;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMaskBytes = 4;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

Violation protocol_error(std::string_view reason) {
    return {CloseCode::kProtocolError, reason};
}

bool is_known(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

std::optional<Violation> check_first_byte(std::uint8_t byte, HeaderRules const& rules) {
    auto const opcode = static_cast<Opcode>(byte & 0x0F);
    bool const fin = (byte & kFin) != 0;
    if ((byte & kRsv2And3) != 0) return protocol_error("reserved bit set");
    if (!is_known(byte & 0x0F)) return protocol_error("reserved opcode");
    bool const starts_message = opcode == Opcode::kText || opcode == Opcode::kBinary;
    if ((byte & kRsv1) != 0 && !(rules.compression && starts_message)) {
        return protocol_error("reserved bit set");
    }
    if (is_control(opcode)) {
        return fin ? std::nullopt : std::optional(protocol_error("fragmented control frame"));
    }
    if (starts_message && rules.in_message) return protocol_error("continuation expected");
    if (starts_message) return std::nullopt;
    if (!rules.in_message) return protocol_error("nothing to continue");
    if (rules.fragments_full) return Violation{CloseCode::kTooBig, "too many fragments"};
    return std::nullopt;
}

std::optional<Violation> check_second_byte(std::uint8_t byte, Opcode opcode,
                                           HeaderRules const& rules) {
    bool const masked = (byte & kMasked) != 0;
    if (masked != (rules.role == Role::kServer)) {
        return protocol_error(masked ? "masked server frame" : "unmasked client frame");
    }
    if (is_control(opcode) && (byte & 0x7F) > kControlPayloadMax) {
        return protocol_error("control frame too long");
    }
    return std::nullopt;
}

std::size_t length_bytes_of(std::uint8_t short_length) {
    return short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
}

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (char const byte : bytes) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
}

std::optional<Violation> check_length(FrameHeader const& header, std::size_t length_bytes,
                                      HeaderRules const& rules) {
    auto const length = header.payload_bytes;
    if ((length_bytes == 2 && length < 126) || (length_bytes == 8 && length <= 0xFFFF)) {
        return protocol_error("length not in its shortest form");
    }
    if ((length >> 63) != 0) return protocol_error("length above 2^63");
    auto const limit = header.compressed ? rules.compressed_bytes_max : rules.payload_bytes_max;
    if (!is_control(header.opcode) && length > limit) {
        return Violation{CloseCode::kTooBig, "message too big"};
    }
    return std::nullopt;
}

}  // namespace

HeaderRead read_header(std::string_view bytes, HeaderRules const& rules) {
    HeaderRead read;
    if (bytes.empty()) return read;
    auto const first = byte_at(bytes, 0);
    if ((read.violation = check_first_byte(first, rules))) return read;
    auto& header = read.header;
    header.opcode = static_cast<Opcode>(first & 0x0F);
    header.fin = (first & kFin) != 0;
    header.compressed = (first & kRsv1) != 0;

    if (bytes.size() < 2) return read;
    auto const second = byte_at(bytes, 1);
    if ((read.violation = check_second_byte(second, header.opcode, rules))) return read;
    std::size_t const length_bytes = length_bytes_of(second & 0x7F);

    if (bytes.size() < 2 + length_bytes) return read;
    header.payload_bytes =
        length_bytes == 0 ? second & 0x7F : read_big_endian(bytes.substr(2, length_bytes));
    if ((read.violation = check_length(header, length_bytes, rules))) return read;

    bool const masked = (second & kMasked) != 0;
    std::size_t const header_bytes = 2 + length_bytes + (masked ? kMaskBytes : 0);
    if (bytes.size() < header_bytes) return read;
    if (masked) {
        std::uint32_t key;
        std::memcpy(&key, bytes.data() + 2 + length_bytes, kMaskBytes);
        header.mask = key;
    }
    read.header_bytes = header_bytes;
    return read;
}

std::size_t write_header(FrameHeader const& header, std::span<char, kHeaderBytesMax> out) {
    auto const length = header.payload_bytes;
    std::size_t const length_bytes = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8;
    out[0] = static_cast<char>((header.fin ? kFin : 0) | (header.compressed ? kRsv1 : 0) |
                               static_cast<std::uint8_t>(header.opcode));
    auto const short_length = length_bytes == 0 ? length : length_bytes == 2 ? 126 : 127;
    out[1] = static_cast<char>((header.mask ? kMasked : 0) | short_length);
    std::size_t at = 2;
    for (std::size_t i = length_bytes; i-- > 0;) out[at++] = static_cast<char>(length >> (8 * i));
    if (!header.mask) return at;
    std::memcpy(&out[at], &*header.mask, kMaskBytes);
    return at + kMaskBytes;
}

void apply_mask(std::span<char> bytes, std::uint32_t key, std::uint64_t offset) {
    static_assert(std::endian::native == std::endian::little);
    auto const turned = std::rotr(key, static_cast<int>(8 * (offset % 4)));
    auto const wide = std::uint64_t{turned} << 32 | turned;
    char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        word ^= wide;
        std::memcpy(at, &word, 8);
    }
    for (std::size_t i = 0; i < left; ++i) at[i] ^= static_cast<char>(wide >> (8 * i));
}

}  // namespace sewa::ws
