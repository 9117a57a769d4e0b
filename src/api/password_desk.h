#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sewa::api {

// One thread for work that takes a core for long: password hashes. Any-thread; refuses what comes
// while `waiting_max` jobs wait.
class PasswordDesk {
public:
    explicit PasswordDesk(std::size_t waiting_max = 64);
    ~PasswordDesk();

    [[nodiscard]] bool submit(std::function<void()> job);

    // Any-thread, for metrics.
    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

    // Finishes what runs, drops what waits, refuses what comes. At start or end, not on a shard.
    void stop();

private:
    void run();

    std::size_t const waiting_max_;
    std::mutex mutex_;
    std::condition_variable has_work_;
    std::deque<std::function<void()>> queue_;  // Guarded by mutex_.
    bool is_stopping_ = false;                 // Guarded by mutex_.
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::uint64_t> refused_{0};
    std::thread thread_;
};

}  // namespace sewa::api
