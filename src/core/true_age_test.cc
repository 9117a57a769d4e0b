#include "core/true_age.h"

#include <gtest/gtest.h>

namespace sewa {
namespace {

constexpr std::int64_t kHour = 3'600'000, kDay = 24 * kHour;

TEST(TrueAge, is_that_of_a_wall_clock_that_never_jumps) {
    ManualClock clock;
    TrueAge age(clock);
    auto const stamped = clock.wall();
    clock.advance(kDay);
    EXPECT_EQ(age.before(kDay), stamped);
}

TEST(TrueAge, small_corrections_are_no_jump) {
    ManualClock clock;
    TrueAge age(clock);
    clock.set_wall(clock.wall() + 30'000);
    EXPECT_EQ(age.before(kDay), clock.wall() + -kDay);
}

TEST(TrueAge, small_steps_that_add_up_are_one) {
    ManualClock clock;
    TrueAge age(clock);
    clock.set_wall(clock.wall() + 40'000);
    EXPECT_TRUE(age.before(kDay));
    clock.set_wall(clock.wall() + 40'000);
    EXPECT_FALSE(age.before(kDay));
}

TEST(TrueAge, after_a_jump_nothing_is_old_before_it_can_be) {
    for (auto const jump : {3 * kDay, -3 * kDay}) {
        ManualClock clock;
        TrueAge age(clock);
        clock.set_wall(clock.wall() + jump);
        EXPECT_FALSE(age.before(kDay));
        auto const stamped = clock.wall();
        clock.advance(kDay - 1);
        EXPECT_FALSE(age.before(kDay));
        EXPECT_TRUE(age.before(kHour)) << "younger ages are known again";
        clock.advance(1);
        EXPECT_EQ(age.before(kDay), stamped);
    }
}

TEST(TrueAge, there_and_back_are_two_jumps) {
    ManualClock clock;
    TrueAge age(clock);
    clock.set_wall(clock.wall() + -3 * kDay);
    EXPECT_FALSE(age.before(kDay));
    clock.advance(kHour);
    clock.set_wall(clock.wall() + 3 * kDay);
    EXPECT_FALSE(age.before(kDay));
    clock.advance(kDay - kHour);
    EXPECT_FALSE(age.before(kDay));
}

}  // namespace
}  // namespace sewa
