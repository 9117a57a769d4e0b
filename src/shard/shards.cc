#include "shard/shards.h"

#include <fmt/format.h>
#include <pthread.h>

#include <future>

#include "core/assert.h"

namespace sewa::shard {

Shards::Shards(std::size_t count, Clock const& clock, LoopOptions options) {
    SEWA_ASSERT(count > 0 && count < kNoShard.value);
    for (std::size_t i = 0; i < count; ++i) {
        ShardId const id{static_cast<std::uint16_t>(i)};
        loops_.push_back(std::make_unique<Loop>(id, clock, options));
    }
}

Shards::~Shards() {
    stop();
}

void Shards::start() {
    for (auto& loop : loops_) {
        auto& thread = threads_.emplace_back([&loop = *loop] { loop.run(); });
        auto const name = fmt::format("shard-{}", loop->id().value);
        pthread_setname_np(thread.native_handle(), name.c_str());
    }
}

void Shards::run_on_each(std::function<void(Loop&)> const& work) {
    SEWA_ASSERT(!threads_.empty() && this_shard() == kNoShard);
    for (auto& loop : loops_) {
        std::promise<void> done;
        auto const run = [&] {
            work(*loop);
            done.set_value();
        };
        while (!loop->try_post(run)) std::this_thread::yield();
        done.get_future().wait();
    }
}

void Shards::stop() {
    for (auto& loop : loops_) loop->stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

}  // namespace sewa::shard
