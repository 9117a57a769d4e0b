#include "shard/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "core/random.h"

namespace sewa::shard {
namespace {

class TestTimer final : public Timer {
public:
    explicit TestTimer(std::function<void(MonoMs)> fired) : fired_(std::move(fired)) {}

private:
    void on_timer(MonoMs now) override { fired_(now); }
    std::function<void(MonoMs)> fired_;
};

constexpr MonoMs kStart{1'000'000};

TEST(TimerWheel, fires_at_the_first_tick_that_is_not_before_the_due_time) {
    TimerWheel wheel(kStart);
    int fired = 0;
    TestTimer timer([&](MonoMs) { ++fired; });

    wheel.schedule(timer, kStart + 100);
    wheel.advance(kStart + 99);
    EXPECT_EQ(fired, 0);
    wheel.advance(kStart + 100 + TimerWheel::kTickMs);
    EXPECT_EQ(fired, 1);
    EXPECT_FALSE(timer.is_scheduled());
    wheel.advance(kStart + 100'000);
    EXPECT_EQ(fired, 1);
}

TEST(TimerWheel, never_early_and_at_most_one_tick_late_over_all_ranges) {
    SeededRandom random(11);
    TimerWheel wheel(kStart);
    std::vector<std::unique_ptr<TestTimer>> timers;
    MonoMs now = kStart;
    std::size_t fired = 0;
    for (int i = 0; i < 3000; ++i) {
        auto const range = std::int64_t{1} << random.below(35);
        MonoMs const due = kStart + static_cast<std::int64_t>(random.below(range));
        timers.push_back(std::make_unique<TestTimer>([&, due](MonoMs) {
            ++fired;
            EXPECT_GE(now, due);
            EXPECT_LT(now - due, 2 * TimerWheel::kTickMs);
        }));
        wheel.schedule(*timers.back(), due);
    }
    while (auto const next = wheel.next_due()) {
        now = *next;
        wheel.advance(now);
    }
    EXPECT_EQ(fired, timers.size());
}

TEST(TimerWheel, fires_in_the_order_of_due_times_also_within_a_tick_and_across_levels) {
    SeededRandom random(3);
    TimerWheel wheel(kStart);
    std::vector<std::int64_t> order;
    std::vector<std::unique_ptr<TestTimer>> timers;
    for (int i = 0; i < 2000; ++i) {
        if (i % 50 == 0) wheel.advance(kStart + i / 50 * 40);
        auto const due = 2'000 + static_cast<std::int64_t>(random.below(30'000));
        timers.push_back(
            std::make_unique<TestTimer>([&order, due](MonoMs) { order.push_back(due); }));
        wheel.schedule(*timers.back(), kStart + due);
    }
    wheel.advance(kStart + 40'000);
    EXPECT_EQ(order.size(), timers.size());
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(TimerWheel, cancelled_destroyed_and_moved_timers_do_not_fire_at_the_old_time) {
    TimerWheel wheel(kStart);
    int fired = 0;
    TestTimer cancelled([&](MonoMs) { ++fired; });
    TestTimer moved([&](MonoMs) { ++fired; });
    auto destroyed = std::make_unique<TestTimer>([&](MonoMs) { ++fired; });
    for (auto* timer : {&cancelled, &moved, destroyed.get()}) wheel.schedule(*timer, kStart + 50);

    cancelled.cancel();
    destroyed.reset();
    wheel.schedule(moved, kStart + 5'000);
    wheel.advance(kStart + 1'000);
    EXPECT_EQ(fired, 0);
    wheel.advance(kStart + 6'000);
    EXPECT_EQ(fired, 1);
}

TEST(TimerWheel, a_timer_may_cancel_and_destroy_others_of_the_same_tick) {
    TimerWheel wheel(kStart);
    int fired = 0;
    TestTimer cancelled([&](MonoMs) { ++fired; });
    auto destroyed = std::make_unique<TestTimer>([&](MonoMs) { ++fired; });
    TestTimer first([&](MonoMs) {
        cancelled.cancel();
        destroyed.reset();
    });
    for (auto* timer : {&first, &cancelled, destroyed.get()}) wheel.schedule(*timer, kStart + 50);
    wheel.advance(kStart + 1'000);
    EXPECT_EQ(fired, 0);
}

TEST(TimerWheel, a_timer_that_schedules_itself_as_due_does_not_keep_advance_busy) {
    TimerWheel wheel(kStart);
    int fired = 0;
    TestTimer timer([&](MonoMs now) {
        ++fired;
        wheel.schedule(timer, now);
    });
    wheel.schedule(timer, kStart);
    wheel.advance(kStart + TimerWheel::kTickMs);
    EXPECT_EQ(fired, 1);
    wheel.advance(kStart + 2 * TimerWheel::kTickMs);
    EXPECT_EQ(fired, 2);
}

TEST(TimerWheel, next_due_is_never_later_than_the_first_timer) {
    TimerWheel wheel(kStart);
    EXPECT_FALSE(wheel.next_due());
    TestTimer far([](MonoMs) {});
    TestTimer near([](MonoMs) {});
    wheel.schedule(far, kStart + 86'400'000);
    EXPECT_LE(*wheel.next_due(), kStart + 86'400'000);
    wheel.schedule(near, kStart + 300);
    EXPECT_LE(*wheel.next_due(), kStart + 300 + TimerWheel::kTickMs);
    near.cancel();
    far.cancel();
    EXPECT_FALSE(wheel.next_due());
}

TEST(TimerWheel, timers_outlive_the_wheel_unscheduled) {
    TestTimer timer([](MonoMs) {});
    {
        TimerWheel wheel(kStart);
        wheel.schedule(timer, kStart + 50);
    }
    EXPECT_FALSE(timer.is_scheduled());
}

}  // namespace
}  // namespace sewa::shard
