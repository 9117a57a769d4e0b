#pragma once

#include <cstdint>

#include "core/clock.h"

namespace sewa {

// A token bucket: `burst` at once, `per_minute` in the long run; per_minute 0 means no limit.
// 16 bytes; refilled when it is asked.
class TokenBucket {
public:
    // 0: taken. Otherwise nothing was taken and one more is there after so many milliseconds.
    std::uint32_t take(MonoMs now, std::uint32_t per_minute, std::uint32_t burst) {
        if (per_minute == 0) return 0;
        // One token is 60,000 units, so that a millisecond refills `per_minute` of them.
        constexpr std::int64_t kToken = 60'000;
        auto const full = static_cast<std::int64_t>(burst) * kToken;
        auto const elapsed = is_started_ ? now.value - refilled_at_ : full;
        level_ = is_started_ ? level_ + elapsed * per_minute : full;
        if (level_ > full || elapsed > full) level_ = full;
        is_started_ = true;
        refilled_at_ = now.value;
        if (level_ >= kToken) {
            level_ -= kToken;
            return 0;
        }
        return static_cast<std::uint32_t>((kToken - level_ + per_minute - 1) / per_minute);
    }

private:
    std::int64_t level_ : 63 = 0;
    std::uint64_t is_started_ : 1 = 0;
    std::int64_t refilled_at_ = 0;
};

}  // namespace sewa
