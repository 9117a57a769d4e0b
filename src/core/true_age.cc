#include "core/true_age.h"

#include <cstdlib>

namespace sewa {

namespace {

// Less is a correction by NTP or a leap second, and no age here is so short.
constexpr std::int64_t kJumpMs = 60'000;

}  // namespace

std::optional<WallMs> TrueAge::before(std::int64_t age_ms) {
    auto const offset = offset_ms();
    if (std::llabs(offset - offset_ms_) > kJumpMs) {
        offset_ms_ = offset;
        jumped_at_ = clock_.mono();
    }
    if (jumped_at_ && clock_.mono() - *jumped_at_ < age_ms) return std::nullopt;
    return clock_.wall() + -age_ms;
}

}  // namespace sewa
