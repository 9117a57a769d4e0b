#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "shard/mailbox.h"
#include "shard/shard_id.h"
#include "shard/timer_wheel.h"

namespace sewa::shard {

// Receives the readiness of one descriptor. May unwatch or destroy any handler, itself included.
class FdHandler {
public:
    // EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP: level-triggered, reported again while they hold.
    virtual void on_ready(std::uint32_t events) = 0;

protected:
    ~FdHandler() = default;
};

// Input that no descriptor announced, then what gathers the work of a turn, then the network.
enum class TurnStage : std::uint8_t { kInput, kProduce, kFlush };
inline constexpr std::size_t kTurnStages = 3;

// Runs at the end of every turn, in each stage it was added for. Must be cheap when there is
// nothing to do.
class TurnHook {
public:
    virtual void on_turn_end(TurnStage stage) = 0;

protected:
    ~TurnHook() = default;
};

struct LoopOptions {
    std::size_t mailbox_tasks_max = 8192;
};

// Written by the shard, read by anyone with relaxed loads.
struct LoopCounters {
    std::atomic<std::uint64_t> turns{0};
    std::atomic<std::uint64_t> events{0};
    std::atomic<std::uint64_t> tasks{0};
};

// One shard: descriptors, timers and mail on one thread.
//
// Shard-local but for `try_post`, `stop` and `counters`. A turn is: wait, descriptors, timers,
// mail, hooks. Nothing that runs in a turn may block. The time is read once per turn.
class Loop {
public:
    Loop(ShardId id, Clock const& clock, LoopOptions options = {});
    ~Loop();
    Loop(Loop const&) = delete;
    Loop& operator=(Loop const&) = delete;

    ShardId id() const { return id_; }
    MonoMs now() const { return now_; }
    WallMs wall_now() const { return wall_now_; }
    TimerWheel& timers() { return timers_; }

    // The handler must be unwatched before it or its descriptor goes. Fails when the kernel has
    // no room (fs.epoll.max_user_watches).
    [[nodiscard]] Status watch(int fd, std::uint32_t events, FdHandler& handler);
    void rewatch(int fd, std::uint32_t events, FdHandler& handler);
    void unwatch(int fd, FdHandler& handler);

    void add_hook(TurnStage stage, TurnHook& hook);
    void remove_hook(TurnHook& hook);

    // The next turn does not wait, for work that no descriptor announces.
    void skip_next_wait() { skips_next_wait_ = true; }

    // Any thread. False when the mailbox is full.
    [[nodiscard]] bool try_post(Task&& task) { return mailbox_.try_post(std::move(task)); }

    // Turns until `stop`.
    void run();
    // Any thread. The turn in progress is finished.
    void stop();
    // One turn that waits at most `wait_ms_max`; -1 means as long as it takes.
    void turn(int wait_ms_max);

    LoopCounters const& counters() const { return counters_; }
    Mailbox const& mailbox() const { return mailbox_; }

private:
    static constexpr std::size_t kEventsMax = 512;

    struct Ready {
        FdHandler* handler;  // Null after it was unwatched.
        std::uint32_t events;
    };

    void wait(int wait_ms_max);
    int wait_ms(int wait_ms_max);
    void dispatch();
    void read_clock();

    ShardId const id_;
    Clock const& clock_;
    int const epoll_fd_;
    MonoMs now_;
    WallMs wall_now_;
    TimerWheel timers_;
    Mailbox mailbox_;
    std::array<std::vector<TurnHook*>, kTurnStages> hooks_;
    std::array<Ready, kEventsMax> ready_;
    std::size_t ready_count_ = 0;
    std::size_t ready_next_ = 0;
    bool skips_next_wait_ = false;
    std::atomic<bool> is_stopping_{false};
    LoopCounters counters_;
};

}  // namespace sewa::shard
