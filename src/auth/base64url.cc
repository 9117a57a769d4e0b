#include "auth/base64url.h"

#include <array>
#include <cstdint>

namespace sewa::auth {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

constexpr auto kValues = make_values();

}  // namespace

std::string base64url_encode(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t held = 0;
    int held_bits = 0;
    for (unsigned char const byte : bytes) {
        held = (held << 8) | byte;
        held_bits += 8;
        while (held_bits >= 6) {
            held_bits -= 6;
            text.push_back(kAlphabet[(held >> held_bits) & 0x3F]);
        }
    }
    if (held_bits > 0) text.push_back(kAlphabet[(held << (6 - held_bits)) & 0x3F]);
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t held = 0;
    int held_bits = 0;
    for (unsigned char const character : text) {
        if (kValues[character] < 0) return std::nullopt;
        held = (held << 6) | static_cast<std::uint32_t>(kValues[character]);
        held_bits += 6;
        if (held_bits < 8) continue;
        held_bits -= 8;
        bytes.push_back(static_cast<char>((held >> held_bits) & 0xFF));
    }
    if ((held & ((1U << held_bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace sewa::auth
