#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "shard/task.h"

namespace sewa::shard {

// Work that other threads hand to one shard.
//
// `try_post` runs on any thread, everything else on the owning shard. A ring without locks: a
// producer that is preempted in the middle delays what is behind it but never blocks the shard.
// Bounded by `tasks_max` (rounded up to a power of two); a full mailbox refuses and the caller
// decides. Tasks of one thread run in the order in which it posted them. What is left at
// destruction is destroyed without being run.
class Mailbox {
public:
    explicit Mailbox(std::size_t tasks_max);
    ~Mailbox();
    Mailbox(Mailbox const&) = delete;
    Mailbox& operator=(Mailbox const&) = delete;

    // Any thread. False when full; the task is then untouched. The owner is woken only when it
    // sleeps, so a batch costs one system call and a busy shard none.
    [[nodiscard]] bool try_post(Task&& task);

    // Wakes the owner without mail. Any thread.
    void wake();

    // Runs what had arrived when it was called; what those tasks post waits for the next drain.
    std::size_t drain();

    // Before waiting for `wake_fd()`: false when there is mail, and then nothing will be signalled.
    [[nodiscard]] bool prepare_sleep();
    void awake();
    // After `wake_fd()` became readable.
    void clear_wake();
    int wake_fd() const { return wake_fd_; }

    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

private:
    // `turn` counts half laps: even, the cell is free for lap turn / 2; odd, it holds a task.
    struct Cell {
        std::atomic<std::uint64_t> turn{0};
        Task task;
    };

    Cell& cell_at(std::uint64_t ticket) { return cells_[ticket & mask_]; }
    std::uint64_t free_turn(std::uint64_t ticket) const { return 2 * (ticket >> lap_shift_); }

    std::uint64_t const mask_;
    int const lap_shift_;
    int const wake_fd_;
    std::unique_ptr<Cell[]> const cells_;
    alignas(64) std::atomic<std::uint64_t> tail_{0};
    std::atomic<std::uint64_t> refused_{0};
    alignas(64) std::atomic<bool> is_sleeping_{false};
    std::uint64_t head_ = 0;
};

}  // namespace sewa::shard
