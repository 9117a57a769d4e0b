#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "shard/loop.h"

namespace sewa::shard {

// All loops of the process and their threads.
//
// Built, started and stopped by one thread (start-up); `post` is for any thread. Destruction stops.
class Shards {
public:
    Shards(std::size_t count, Clock const& clock, LoopOptions options = {});
    ~Shards();
    Shards(Shards const&) = delete;
    Shards& operator=(Shards const&) = delete;

    std::size_t size() const { return loops_.size(); }
    Loop& loop(ShardId id) { return *loops_[id.value]; }

    // Any thread. False when that shard's mailbox is full; the task is then untouched.
    [[nodiscard]] bool post(ShardId id, Task&& task) {
        return loops_[id.value]->try_post(std::move(task));
    }

    void start();
    // Runs `work` on every shard, one after the other, and waits. For start-up and shutdown, from
    // a thread that is no shard, between `start` and `stop`.
    void run_on_each(std::function<void(Loop&)> const& work);
    // Finishes the turns in progress and joins. Mail that is still waiting is not run.
    void stop();

private:
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::thread> threads_;
};

}  // namespace sewa::shard
