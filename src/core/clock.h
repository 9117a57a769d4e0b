#pragma once

#include <compare>
#include <cstdint>

namespace sewa {

// Milliseconds since an arbitrary start; never goes back. Timers, leases and limits use it.
struct MonoMs {
    std::int64_t value = 0;
    friend auto operator<=>(MonoMs, MonoMs) = default;
    friend MonoMs operator+(MonoMs a, std::int64_t ms) { return {a.value + ms}; }
    friend std::int64_t operator-(MonoMs a, MonoMs b) { return a.value - b.value; }
};

// Milliseconds since 1970 UTC; may jump. Shown to people and compared with token claims; order
// never depends on it.
struct WallMs {
    std::int64_t value = 0;
    friend auto operator<=>(WallMs, WallMs) = default;
    friend WallMs operator+(WallMs a, std::int64_t ms) { return {a.value + ms}; }
    friend std::int64_t operator-(WallMs a, WallMs b) { return a.value - b.value; }
};

// Any-thread. Passed in everywhere, so that tests and the simulation own time.
class Clock {
public:
    virtual ~Clock() = default;
    virtual MonoMs mono() const = 0;
    virtual WallMs wall() const = 0;
};

class SystemClock final : public Clock {
public:
    MonoMs mono() const override;
    WallMs wall() const override;
};

// For tests: stands still until it is moved.
class ManualClock final : public Clock {
public:
    MonoMs mono() const override { return mono_; }
    WallMs wall() const override { return wall_; }

    void advance(std::int64_t ms) {
        mono_.value += ms;
        wall_.value += ms;
    }
    void set_wall(WallMs wall) { wall_ = wall; }

private:
    MonoMs mono_{1'000'000};
    WallMs wall_{1'750'000'000'000};
};

}  // namespace sewa
