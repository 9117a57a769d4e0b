#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/clock.h"

namespace sewa::shard {

namespace detail {

struct TimerLink {
    TimerLink* previous = nullptr;
    TimerLink* next = nullptr;
};

}  // namespace detail

// One deadline, embedded in its owner or inherited by it (32 bytes). Shard-local. Destruction
// cancels, so a timer never outlives what it would call. Not movable: the wheel points at it.
class Timer : private detail::TimerLink {
public:
    Timer() = default;
    Timer(Timer const&) = delete;
    Timer& operator=(Timer const&) = delete;
    virtual ~Timer() { cancel(); }

    // O(1). Nothing happens when it is not scheduled.
    void cancel();
    bool is_scheduled() const { return next != nullptr; }
    // Meaningful while scheduled.
    MonoMs due() const { return due_; }

protected:
    // `now` is what `TimerWheel::advance` was given. The timer is not scheduled any more; it may
    // be scheduled again, and any timer may be cancelled or destroyed from here.
    virtual void on_timer(MonoMs now) = 0;

private:
    friend class TimerWheel;
    MonoMs due_;
};

static_assert(sizeof(Timer) == 32);

// Hierarchical timing wheel: five levels of 64 slots over ticks of 16 ms; what is due later than
// 198 days waits in the last level.
//
// Shard-local, driven by a given `now` and without I/O, so that a simulation can drive it too.
// Holds no memory per timer: the number of timers is bounded by their owners. A timer fires at the
// first tick that is not before its due time, so up to 16 ms late and never early. Timers fire in
// the order of their due times; equal ones in an order that depends only on the calls made.
class TimerWheel {
public:
    static constexpr std::int64_t kTickMs = 16;

    explicit TimerWheel(MonoMs now);
    ~TimerWheel();
    TimerWheel(TimerWheel const&) = delete;
    TimerWheel& operator=(TimerWheel const&) = delete;

    // Schedules or moves the timer. What is already due fires at the next tick, so that a timer
    // that schedules itself cannot keep `advance` busy. O(1).
    void schedule(Timer& timer, MonoMs due);

    // Fires everything that is due. Skips over empty time; the work is the timers that fire and
    // the slots that are redistributed (each timer at most four times in its life).
    void advance(MonoMs now);

    // A time before which `advance` has nothing to do; none when nothing is scheduled. It may be
    // earlier than the first due time, as distant timers are only roughly sorted.
    std::optional<MonoMs> next_due() const;

private:
    static constexpr int kLevels = 5;
    static constexpr int kSlotBits = 6;
    static constexpr std::uint64_t kSlots = 1U << kSlotBits;
    struct Level {
        std::array<detail::TimerLink, kSlots> slots;
        std::uint64_t occupied = 0;  // A set bit may be stale: timers leave without telling.
    };

    void insert(Timer& timer, std::uint64_t tick);
    std::optional<std::uint64_t> next_tick() const;
    std::optional<std::uint64_t> next_tick_of(int level) const;
    void redistribute(int level);
    void fire_slot(MonoMs now);
    void sort_firing();

    mutable std::array<Level, kLevels> levels_;
    detail::TimerLink firing_;
    std::vector<Timer*> sorting_;
    std::uint64_t tick_;  // Everything up to here has fired.
};

}  // namespace sewa::shard
