#include "core/random.h"

#include <sys/random.h>

#include "core/assert.h"

namespace sewa {

std::uint64_t Random::below(std::uint64_t bound) {
    // Lemire's multiply-shift; the bias of 2^-64 × bound does not matter for jitter and choice.
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
}

std::string Random::hex(std::size_t digits) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(digits, '0');
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (i % 16 == 0) bits = next();
        text[i] = kDigits[bits & 15];
        bits >>= 4;
    }
    return text;
}

std::uint64_t SecureRandom::next() {
    std::uint64_t value = 0;
    SEWA_ASSERT(getrandom(&value, sizeof value, 0) == static_cast<ssize_t>(sizeof value));
    return value;
}

std::uint64_t SeededRandom::next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

}  // namespace sewa
