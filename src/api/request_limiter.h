#pragma once

#include <cstdint>
#include <list>
#include <unordered_map>

#include "core/clock.h"
#include "core/id.h"
#include "session/rate_limit.h"

namespace sewa::api {

struct RequestLimits {
    std::uint32_t per_minute = 600;  // 0: no limit.
    std::uint32_t burst = 120;
    std::size_t users_max = 50'000;
};

// How often one user may ask one shard. Shard-local. Remembers the `users_max` that asked last; a
// user who was forgotten starts with a full bucket.
class RequestLimiter {
public:
    explicit RequestLimiter(RequestLimits limits) : limits_(limits) {}

    // 0: go on. Otherwise milliseconds until the next request is allowed.
    std::uint32_t take(UserId user, MonoMs now);

    std::size_t size() const { return users_.size(); }

private:
    struct Entry {
        session::TokenBucket bucket;
        std::list<UserId>::iterator used;
    };

    RequestLimits const limits_;
    std::unordered_map<UserId, Entry> users_;
    std::list<UserId> by_use_;  // Most recent first.
};

}  // namespace sewa::api
