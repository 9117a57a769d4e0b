#pragma once

#include "core/assert.h"
#include "shard/shard_id.h"

namespace sewa {

// Member of every shard-local class: `[[no_unique_address]] ShardAffine affinity_;`. Debug builds
// stop the process when a method runs on a shard other than the one that constructed the object;
// release builds compile it away. An object constructed on no shard (start-up) belongs to the
// first shard that asks.
class ShardAffine {
public:
#ifdef NDEBUG
    void assert_here() const {}
#else
    void assert_here(char const* file = __builtin_FILE(), int line = __builtin_LINE()) const {
        if (owner_ == kNoShard) owner_ = this_shard();
        if (owner_ != this_shard()) assertion_failed("runs on its own shard", file, line);
    }

private:
    mutable ShardId owner_ = this_shard();
#endif
};

}  // namespace sewa
