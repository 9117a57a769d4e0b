#pragma once

#include <algorithm>
#include <cstdint>

#include "core/clock.h"

namespace sewa {

// A token bucket: `burst` at once, `per_minute` in the long run; per_minute 0 means no limit.
// 8 bytes: all that is kept is when the bucket will be full again.
class TokenBucket {
public:
    // 0: taken. Otherwise nothing was taken and one more is there after so many milliseconds.
    std::uint32_t take(MonoMs now, std::uint32_t per_minute, std::uint32_t burst) {
        if (per_minute == 0) return 0;
        auto const interval_us = std::int64_t{60'000'000} / per_minute;
        auto const now_us = now.value * 1000;
        auto const full_us = std::max(full_at_us_, now_us);
        auto const missing_us = full_us - now_us - (std::int64_t{burst} - 1) * interval_us;
        if (missing_us > 0) return static_cast<std::uint32_t>((missing_us + 999) / 1000);
        full_at_us_ = full_us + interval_us;
        return 0;
    }

private:
    std::int64_t full_at_us_ = 0;
};

}  // namespace sewa
