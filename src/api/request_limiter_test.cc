#include "api/request_limiter.h"

#include <gtest/gtest.h>

namespace sewa::api {
namespace {

TEST(RequestLimiter, a_burst_is_allowed_and_then_the_rate) {
    RequestLimiter limiter({.per_minute = 60, .burst = 3});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take(UserId{1}, MonoMs{0}), 0u);
    EXPECT_EQ(limiter.take(UserId{1}, MonoMs{0}), 1000u);
    EXPECT_EQ(limiter.take(UserId{1}, MonoMs{1000}), 0u);
}

TEST(RequestLimiter, one_user_does_not_slow_another) {
    RequestLimiter limiter({.per_minute = 60, .burst = 1});
    EXPECT_EQ(limiter.take(UserId{1}, MonoMs{0}), 0u);
    EXPECT_NE(limiter.take(UserId{1}, MonoMs{0}), 0u);
    EXPECT_EQ(limiter.take(UserId{2}, MonoMs{0}), 0u);
}

TEST(RequestLimiter, remembers_no_more_users_than_its_bound) {
    RequestLimiter limiter({.per_minute = 60, .burst = 1, .users_max = 10});
    for (std::int64_t user = 1; user <= 100; ++user) limiter.take(UserId{user}, MonoMs{0});
    EXPECT_EQ(limiter.size(), 10u);
}

TEST(RequestLimiter, zero_means_no_limit) {
    RequestLimiter limiter({.per_minute = 0});
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(limiter.take(UserId{1}, MonoMs{0}), 0u);
}

}  // namespace
}  // namespace sewa::api
