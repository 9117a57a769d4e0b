#include "core/utf8.h"

#include <bit>
#include <cstring>

namespace sewa {

namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
constexpr std::uint64_t kLowBits = 0x0101010101010101ULL;

std::uint64_t load_word(unsigned char const* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

unsigned char const* skip_ascii(unsigned char const* at, unsigned char const* end) {
    while (end - at >= 8 && (load_word(at) & kHighBits) == 0) at += 8;
    while (at != end && *at < 0x80) ++at;
    return at;
}

}  // namespace

bool Utf8Validator::feed(std::string_view bytes) {
    auto const* at = reinterpret_cast<unsigned char const*>(bytes.data());
    auto const* const end = at + bytes.size();
    while (at != end) {
        if (pending_ == 0) {
            if (*at < 0x80) at = skip_ascii(at, end);
            if (at == end) return true;
            if (!begin_code_point(*at++)) return false;
            continue;
        }
        if (*at < next_min_ || *at > next_max_) return false;
        ++at;
        --pending_;
        next_min_ = 0x80;
        next_max_ = 0xBF;
    }
    return true;
}

bool Utf8Validator::begin_code_point(unsigned char lead) {
    if (lead < 0xC2 || lead > 0xF4) return false;
    pending_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if (lead == 0xE0) next_min_ = 0xA0;  // Below: overlong.
    if (lead == 0xED) next_max_ = 0x9F;  // Above: surrogates.
    if (lead == 0xF0) next_min_ = 0x90;  // Below: overlong.
    if (lead == 0xF4) next_max_ = 0x8F;  // Above: beyond U+10FFFF.
    return true;
}

bool is_utf8(std::string_view bytes) {
    Utf8Validator validator;
    return validator.feed(bytes) && validator.complete();
}

std::size_t count_code_points(std::string_view text) {
    auto const* at = reinterpret_cast<unsigned char const*>(text.data());
    auto const* const end = at + text.size();
    std::size_t continuations = 0;
    for (; end - at >= 8; at += 8) {
        auto const word = load_word(at);
        continuations +=
            static_cast<std::size_t>(std::popcount((word >> 7) & (~word >> 6) & kLowBits));
    }
    for (; at != end; ++at) continuations += (*at & 0xC0) == 0x80;
    return text.size() - continuations;
}

}  // namespace sewa
