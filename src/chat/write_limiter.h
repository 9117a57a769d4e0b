#pragma once

#include "core/clock.h"
#include "core/rate_limit_table.h"
#include "core/result.h"
#include "store/write.h"

namespace sewa::chat {

struct WriteLimits {
    RateLimit per_user;          // Messages, edits, deletions, reactions and flags.
    RateLimit per_conversation;  // Messages of all who take part.
};

// How much one user may write, over all connections and REST together, and how many messages one
// conversation takes. Shard-local, so that each shard allows so much. Messages of the marketplace
// itself are not limited. Bounded as its tables are.
class WriteLimiter {
public:
    explicit WriteLimiter(WriteLimits const& limits)
        : users_(limits.per_user), conversations_(limits.per_conversation) {}

    // `rate_limited` with `retry_after_ms`, or nothing.
    Status admit(store::Command const& command, MonoMs now);

    std::size_t size() const { return users_.size() + conversations_.size(); }

private:
    RateLimitTable<UserId> users_;
    RateLimitTable<ConversationId> conversations_;
};

}  // namespace sewa::chat
