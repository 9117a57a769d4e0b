#pragma once

#include <cstdint>
#include <functional>

#include "shard/shard_id.h"

namespace sewa::chat {

class Hub;

using HubTask = std::function<void(Hub&)>;

// The hubs of the other shards of this node. Any-thread.
class Peers {
public:
    virtual ~Peers() = default;

    virtual std::uint16_t shard_count() const = 0;

    // Runs `task` on the shard later, with its hub. False when its mailbox is full; nothing was
    // queued then.
    virtual bool post(ShardId shard, HubTask task) = 0;

    // For a thread that may wait until a mailbox has room; never called on a shard.
    virtual void yield() = 0;
};

}  // namespace sewa::chat
