#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/clock.h"
#include "core/token_bucket.h"

namespace sewa::api {

struct AttemptLimits {
    std::uint32_t per_minute = 10;  // 0: no limit.
    std::size_t entries_max = 50'000;
};

// How often one name or address may try to come in. Any-thread: an attacker finds every shard; one
// mutex, held for a look-up, on the paths of passwords only. Remembers the `entries_max` that tried
// last.
class AttemptLimiter {
public:
    explicit AttemptLimiter(AttemptLimits limits) : limits_(limits) {}

    // 0: go on. Otherwise milliseconds until the next attempt is allowed.
    std::uint32_t take(std::string const& key, MonoMs now);

    std::size_t size() const;

private:
    struct Entry {
        TokenBucket bucket;
        std::list<std::string>::iterator used;
    };

    AttemptLimits const limits_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;  // Guarded by mutex_, like the next.
    std::list<std::string> by_use_;                   // Most recent first.
};

}  // namespace sewa::api
