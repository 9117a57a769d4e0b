#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "shard/task.h"

namespace sewa::files {

// Threads for what waits for a disk or takes long, so that no shard has to. Any-thread; owned by
// the server. Refuses what comes while `queue_max` tasks wait, and everything after `stop`.
class IoPool {
public:
    IoPool(std::size_t threads, std::size_t queue_max, char const* thread_name);
    ~IoPool() { stop(); }
    IoPool(IoPool const&) = delete;
    IoPool& operator=(IoPool const&) = delete;

    [[nodiscard]] bool submit(shard::Task task);

    // Runs what waits, then ends the threads.
    void stop();

private:
    void run();

    std::size_t const queue_max_;
    std::mutex mutex_;
    std::condition_variable has_work_;
    std::deque<shard::Task> queue_;  // Guarded by mutex_.
    bool is_stopping_ = false;       // Guarded by mutex_.
    std::vector<std::thread> threads_;
};

// Tasks of one pool that run one after the other, in their order. Any-thread; lives on in what it
// still has to run. Bounded by whoever posts.
class Strand : public std::enable_shared_from_this<Strand> {
public:
    explicit Strand(IoPool& pool) : pool_(pool) {}

    // False, and the task is dropped, when the pool takes no more.
    [[nodiscard]] bool post(shard::Task task);

private:
    void run();

    IoPool& pool_;
    std::mutex mutex_;
    std::deque<shard::Task> waiting_;  // Guarded by mutex_.
    bool is_running_ = false;          // Guarded by mutex_.
};

}  // namespace sewa::files
