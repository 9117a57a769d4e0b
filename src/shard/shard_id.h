#pragma once

#include <compare>
#include <cstdint>

namespace sewa {

// The number of one event loop of this process, from 0.
struct ShardId {
    std::uint16_t value = 0;
    friend auto operator<=>(ShardId, ShardId) = default;
};

inline constexpr ShardId kNoShard{0xFFFF};

// The shard that the calling thread runs; kNoShard on every other thread.
ShardId this_shard();

// Makes the calling thread run a shard while it lives. The loop does it around each turn, so that
// a test may drive several loops from one thread.
class ShardScope {
public:
    explicit ShardScope(ShardId id);
    ~ShardScope();
    ShardScope(ShardScope const&) = delete;
    ShardScope& operator=(ShardScope const&) = delete;

private:
    ShardId previous_;
};

}  // namespace sewa
