#pragma once

#include <poll.h>

#include <chrono>

namespace sewa::e2e {

// The end of a wait. Generous, because a busy machine is no failure; nothing waits longer than what
// it waits for takes.
class Deadline {
public:
    explicit Deadline(std::chrono::milliseconds after = std::chrono::seconds(60))
        : end_(std::chrono::steady_clock::now() + after) {}

    bool has_passed() const { return std::chrono::steady_clock::now() >= end_; }
    int ms_left() const {
        auto const left = end_ - std::chrono::steady_clock::now();
        auto const ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
        return ms > 0 ? static_cast<int>(ms) : 0;
    }

private:
    std::chrono::steady_clock::time_point end_;
};

// For what announces itself nowhere: asks again until it is so.
template <typename Condition>
bool eventually(Condition condition, Deadline deadline = Deadline()) {
    while (!condition()) {
        if (deadline.has_passed()) return false;
        ::poll(nullptr, 0, 5);
    }
    return true;
}

}  // namespace sewa::e2e
