#include "core/token_bucket.h"

#include <gtest/gtest.h>

namespace sewa {
namespace {

TEST(TokenBucket, gives_the_burst_at_once_and_then_the_rate) {
    TokenBucket bucket;
    MonoMs now{5'000};
    for (int i = 0; i < 30; ++i) EXPECT_EQ(bucket.take(now, 120, 30), 0u) << i;
    EXPECT_EQ(bucket.take(now, 120, 30), 500u);
    EXPECT_EQ(bucket.take(now + 499, 120, 30), 1u);
    EXPECT_EQ(bucket.take(now + 500, 120, 30), 0u);
    EXPECT_EQ(bucket.take(now + 500, 120, 30), 500u);
}

TEST(TokenBucket, a_refusal_costs_nothing) {
    TokenBucket bucket;
    EXPECT_EQ(bucket.take(MonoMs{0}, 60, 1), 0u);
    for (int i = 1; i < 1000; ++i) EXPECT_NE(bucket.take(MonoMs{i}, 60, 1), 0u);
    EXPECT_EQ(bucket.take(MonoMs{1000}, 60, 1), 0u);
}

TEST(TokenBucket, a_long_rest_saves_up_no_more_than_the_burst) {
    TokenBucket bucket;
    bucket.take(MonoMs{0}, 120, 3);
    MonoMs const later{1'000'000'000'000};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(later, 120, 3), 0u);
    EXPECT_NE(bucket.take(later, 120, 3), 0u);
}

TEST(TokenBucket, zero_means_no_limit) {
    TokenBucket bucket;
    for (int i = 0; i < 10'000; ++i) EXPECT_EQ(bucket.take(MonoMs{0}, 0, 0), 0u);
}

TEST(TokenBucket, the_wait_it_names_is_enough_and_no_longer_than_needed) {
    for (std::uint32_t per_minute : {1u, 7u, 119u, 60'001u}) {
        TokenBucket bucket;
        EXPECT_EQ(bucket.take(MonoMs{0}, per_minute, 1), 0u);
        auto const wait = bucket.take(MonoMs{0}, per_minute, 1);
        EXPECT_NE(bucket.take(MonoMs{wait - 1}, per_minute, 1), 0u) << per_minute;
        EXPECT_EQ(bucket.take(MonoMs{wait}, per_minute, 1), 0u) << per_minute;
    }
}

}  // namespace
}  // namespace sewa
