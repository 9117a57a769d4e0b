#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>

#include "chat/peers.h"
#include "store/store.h"

namespace sewa::chat {

// What a shard wants to read from the store, most urgent first. Shard-local.
//
// At most `outstanding_max` reads are in the store's pool at a time; the rest waits here, so that a
// reconnect storm is worked off in order instead of being refused. What waits is bounded by the
// callers: one resume and one presence read per connection.
class ReadQueue {
public:
    enum class Urgency : std::uint8_t { kResume, kLookup, kPresence };

    // Runs on a pool thread; what it returns runs on the shard. Reads that failed must still
    // return something to run, as callers count on an answer.
    using Read = std::function<HubTask(store::Reader&)>;

    // `stalled` is called when the store refuses while nothing of this queue is under way, so that
    // no answer will start the rest: then somebody has to call `pump` after a while.
    ReadQueue(ShardId shard, store::Store& store, Peers& peers, std::size_t outstanding_max,
              std::function<void()> stalled)
        : shard_(shard),
          store_(store),
          peers_(peers),
          outstanding_max_(outstanding_max),
          stalled_(std::move(stalled)) {}

    void push(Urgency urgency, Read read);

    // Starts what the store refused before.
    void pump();

    std::size_t waiting() const;

private:
    bool start(Read& read);
    void finished();

    ShardId const shard_;
    store::Store& store_;
    Peers& peers_;
    std::size_t const outstanding_max_;
    std::function<void()> const stalled_;
    std::size_t outstanding_ = 0;
    std::array<std::deque<Read>, 3> waiting_;

    friend class Hub;
};

}  // namespace sewa::chat
