#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>

#include "chat/peers.h"
#include "store/store.h"

namespace sewa::chat {

// What a shard wants to read from the store, most urgent first. Shard-local.
//
// At most `outstanding_max` reads are in the store's pool at a time; the rest waits here, so that a
// reconnect storm is worked off in order instead of being refused. Resumes are bounded by the
// sessions, each of which has one under way; of the others at most `waiting_max` wait.
class ReadQueue {
public:
    enum class Urgency : std::uint8_t { kResume, kLookup, kPresence };

    // Runs on a pool thread; what it returns runs on the shard. Reads that failed must still
    // return something to run, as callers count on an answer.
    using Read = std::function<HubTask(store::Reader&)>;

    // `stalled` is called when the store refuses while nothing of this queue is under way, so that
    // no answer will start the rest: then somebody has to call `pump` after a while.
    struct Limits {
        std::size_t outstanding_max;
        std::size_t waiting_max;
    };
    ReadQueue(ShardId shard, store::Store& store, Peers& peers, Limits const& limits,
              std::function<void()> stalled)
        : shard_(shard),
          store_(store),
          peers_(peers),
          limits_(limits),
          stalled_(std::move(stalled)) {}

    // False: too many wait, and the read was dropped. Never for a resume.
    [[nodiscard]] bool push(Urgency urgency, Read read);

    // What is said to those whose read was dropped.
    static tl::unexpected<Error> refusal() {
        return fail(Errc::kUnavailable, "too much is being read; try again in a second");
    }

    // Starts what the store refused before.
    void pump();

    // Any-thread.
    std::size_t waiting() const { return waiting_count_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

private:
    bool start(Read& read);
    void count_waiting();
    void finished();

    ShardId const shard_;
    store::Store& store_;
    Peers& peers_;
    Limits const limits_;
    std::function<void()> const stalled_;
    std::size_t outstanding_ = 0;
    std::array<std::deque<Read>, 3> waiting_;
    std::atomic<std::size_t> waiting_count_{0};
    std::atomic<std::uint64_t> refused_{0};

    friend class Hub;
};

}  // namespace sewa::chat
