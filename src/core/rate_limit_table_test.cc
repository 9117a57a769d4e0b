#include "core/rate_limit_table.h"

#include <gtest/gtest.h>

#include "core/id.h"

namespace sewa {
namespace {

using Table = RateLimitTable<UserId>;

TEST(RateLimitTable, a_burst_is_allowed_and_then_the_rate) {
    Table table({.per_minute = 60, .burst = 3});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(table.take(UserId{1}, MonoMs{0}), 0u);
    EXPECT_EQ(table.take(UserId{1}, MonoMs{0}), 1000u);
    EXPECT_EQ(table.take(UserId{1}, MonoMs{1000}), 0u);
}

TEST(RateLimitTable, one_key_does_not_slow_another) {
    Table table({.per_minute = 60, .burst = 1});
    EXPECT_EQ(table.take(UserId{1}, MonoMs{0}), 0u);
    EXPECT_NE(table.take(UserId{1}, MonoMs{0}), 0u);
    EXPECT_EQ(table.take(UserId{2}, MonoMs{0}), 0u);
}

TEST(RateLimitTable, remembers_no_more_keys_than_its_bound_and_those_used_last) {
    Table table({.per_minute = 60, .burst = 1, .keys_max = 10});
    for (std::int64_t user = 1; user <= 100; ++user) {
        table.take(UserId{user}, MonoMs{0});
        EXPECT_NE(table.take(UserId{1}, MonoMs{0}), 0u) << user;
    }
    EXPECT_EQ(table.size(), 10u);
    EXPECT_NE(table.take(UserId{1}, MonoMs{0}), 0u) << "in use all the time";
    EXPECT_EQ(table.take(UserId{50}, MonoMs{0}), 0u) << "forgotten";
}

TEST(RateLimitTable, zero_means_no_limit_and_no_memory) {
    Table table({.per_minute = 0});
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(table.take(UserId{i}, MonoMs{0}), 0u);
    EXPECT_EQ(table.size(), 0u);
}

}  // namespace
}  // namespace sewa
