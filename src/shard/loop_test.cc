#include "shard/loop.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <string>

#include "shard/shard_affine.h"
#include "shard/shards.h"

namespace sewa::shard {
namespace {

class Pipe final : public FdHandler {
public:
    explicit Pipe(Loop& loop) : loop_(loop) {
        EXPECT_EQ(pipe(ends_.data()), 0);
        EXPECT_TRUE(loop_.watch(ends_[0], EPOLLIN, *this));
    }
    ~Pipe() {
        stop();
        for (int end : ends_) close(end);
    }
    void fill() { EXPECT_EQ(write(ends_[1], "x", 1), 1); }
    void stop() {
        if (std::exchange(is_watched_, false)) loop_.unwatch(ends_[0], *this);
    }

    int ready = 0;
    Pipe* victim = nullptr;

private:
    void on_ready(std::uint32_t) override {
        ++ready;
        if (victim != nullptr) victim->stop();
    }

    Loop& loop_;
    std::array<int, 2> ends_{};
    bool is_watched_ = true;
};

class Recorder final : public TurnHook {
public:
    explicit Recorder(std::string& log) : log_(log) {}

private:
    void on_turn_end(TurnStage stage) override {
        log_ += stage == TurnStage::kProduce ? "produce " : "flush ";
    }
    std::string& log_;
};

TEST(Loop, readiness_is_level_triggered) {
    ManualClock clock;
    Loop loop(ShardId{0}, clock);
    Pipe pipe(loop);
    loop.turn(0);
    EXPECT_EQ(pipe.ready, 0);
    pipe.fill();
    loop.turn(0);
    loop.turn(0);
    EXPECT_EQ(pipe.ready, 2);
}

TEST(Loop, a_handler_that_another_one_unwatched_in_the_same_turn_is_not_called) {
    ManualClock clock;
    Loop loop(ShardId{0}, clock);
    Pipe first(loop), second(loop);
    first.victim = &second;
    second.victim = &first;
    first.fill();
    second.fill();
    loop.turn(0);
    EXPECT_EQ(first.ready + second.ready, 1);
}

TEST(Loop, a_turn_runs_mail_then_producers_then_the_flush) {
    ManualClock clock;
    Loop loop(ShardId{0}, clock);
    std::string log;
    Recorder recorder(log);
    loop.add_hook(TurnStage::kFlush, recorder);
    loop.add_hook(TurnStage::kProduce, recorder);
    EXPECT_TRUE(loop.try_post([&log] { log += "mail "; }));
    loop.turn(0);
    EXPECT_EQ(log, "mail produce flush ");
    loop.remove_hook(recorder);
    loop.turn(0);
    EXPECT_EQ(log, "mail produce flush ");
}

TEST(Loop, skip_next_wait_makes_one_turn_return_at_once) {
    SystemClock const clock;
    Loop loop(ShardId{0}, clock);
    auto const before = clock.mono();
    loop.skip_next_wait();
    loop.turn(60'000);
    EXPECT_LT(clock.mono() - before, 30'000);
}

TEST(Loop, the_wait_ends_for_the_next_timer) {
    struct Once final : Timer {
        void on_timer(MonoMs) override { fired = true; }
        bool fired = false;
    } timer;
    SystemClock const clock;
    Loop loop(ShardId{0}, clock);
    loop.timers().schedule(timer, loop.now() + 20);
    auto const before = clock.mono();
    while (!timer.fired) loop.turn(-1);
    EXPECT_LT(clock.mono() - before, 30'000);
}

TEST(Shards, post_reaches_the_named_shard_and_this_shard_tells_it) {
    SystemClock const clock;
    Shards shards(3, clock);
    shards.start();
    EXPECT_EQ(this_shard(), kNoShard);
    for (std::uint16_t i = 0; i < 3; ++i) {
        std::promise<ShardId> seen;
        EXPECT_TRUE(shards.post(ShardId{i}, [&seen] { seen.set_value(this_shard()); }));
        EXPECT_EQ(seen.get_future().get(), ShardId{i});
    }
}

TEST(Shards, run_on_each_visits_every_shard_and_waits) {
    SystemClock const clock;
    Shards shards(2, clock);
    shards.start();
    std::vector<ShardId> visited;
    shards.run_on_each([&](Loop& loop) {
        EXPECT_EQ(loop.id(), this_shard());
        visited.push_back(loop.id());
    });
    EXPECT_EQ(visited, (std::vector{ShardId{0}, ShardId{1}}));
}

TEST(Shards, a_ball_that_two_shards_throw_to_each_other_arrives_every_time) {
    constexpr int kThrows = 5'000;
    SystemClock const clock;
    Shards shards(2, clock);
    shards.start();
    std::promise<int> landed;
    struct Ball {
        Shards& shards;
        std::promise<int>& landed;
        int throws = 0;
        void operator()() {
            if (++throws == kThrows) return landed.set_value(throws);
            auto const other = ShardId{static_cast<std::uint16_t>(1 - this_shard().value)};
            EXPECT_TRUE(shards.post(other, Ball(*this)));
        }
    };
    EXPECT_TRUE(shards.post(ShardId{0}, Ball{shards, landed}));
    EXPECT_EQ(landed.get_future().get(), kThrows);
}

#ifndef NDEBUG
TEST(ShardAffineDeathTest, stops_when_used_on_another_shard) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    ShardScope const here(ShardId{1});
    ShardAffine const affinity;
    affinity.assert_here();
    EXPECT_DEATH(
        {
            ShardScope const elsewhere(ShardId{2});
            affinity.assert_here();
        },
        "runs on its own shard");
}
#endif

}  // namespace
}  // namespace sewa::shard
