#include "shard/shard_id.h"

namespace sewa {

namespace {

thread_local ShardId current = kNoShard;

}  // namespace

ShardId this_shard() {
    return current;
}

ShardScope::ShardScope(ShardId id) : previous_(current) {
    current = id;
}

ShardScope::~ShardScope() {
    current = previous_;
}

}  // namespace sewa
