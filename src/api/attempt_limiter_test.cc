#include "api/attempt_limiter.h"

#include <gtest/gtest.h>

namespace sewa::api {
namespace {

TEST(AttemptLimiter, each_name_has_its_own_attempts) {
    ManualClock clock;
    AttemptLimiter limiter({.per_minute = 3});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", clock.mono()), 0u);
    EXPECT_GT(limiter.take("a", clock.mono()), 0u);
    EXPECT_EQ(limiter.take("b", clock.mono()), 0u);
    clock.advance(20'001);
    EXPECT_EQ(limiter.take("a", clock.mono()), 0u);
}

TEST(AttemptLimiter, it_forgets_those_that_tried_longest_ago) {
    ManualClock clock;
    AttemptLimiter limiter({.per_minute = 1, .entries_max = 2});
    for (auto const* const key : {"a", "b", "c"}) limiter.take(key, clock.mono());
    EXPECT_EQ(limiter.size(), 2u);
    EXPECT_GT(limiter.take("b", clock.mono()), 0u);
    EXPECT_EQ(limiter.take("a", clock.mono()), 0u);
}

}  // namespace
}  // namespace sewa::api
