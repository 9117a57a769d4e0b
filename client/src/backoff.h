#pragma once

#include <algorithm>
#include <cstdint>

#include "core/random.h"

namespace sewa::client {

// Full jitter: uniform between 0 and a ceiling that doubles, so that the clients of a node that
// restarted do not come back together.
class Backoff {
public:
    Backoff(std::int64_t first_ms, std::int64_t max_ms) : first_ms_(first_ms), max_ms_(max_ms) {}

    std::int64_t next(Random& random) {
        auto const ceiling = std::min(max_ms_, first_ms_ << std::min(attempts_, 20));
        ++attempts_;
        return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(ceiling) + 1));
    }
    void reset() { attempts_ = 0; }
    int attempts() const { return attempts_; }

private:
    std::int64_t first_ms_;
    std::int64_t max_ms_;
    int attempts_ = 0;
};

}  // namespace sewa::client
