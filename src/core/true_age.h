#pragma once

#include <optional>

#include "core/clock.h"

namespace sewa {

// For what is removed when it is old, by the time that the wall clock put on it: a clock that jumps
// must make nothing old. Not synchronised; notices a jump when it is asked.
class TrueAge {
public:
    explicit TrueAge(Clock const& clock) : clock_(clock), offset_ms_(offset_ms()) {}

    // What was stamped before this is older than `age_ms`. Absent until so long after a jump: what
    // was stamped before and after it cannot be told apart.
    std::optional<WallMs> before(std::int64_t age_ms);

private:
    std::int64_t offset_ms() const { return clock_.wall().value - clock_.mono().value; }

    Clock const& clock_;
    std::int64_t offset_ms_;
    std::optional<MonoMs> jumped_at_;
};

}  // namespace sewa
