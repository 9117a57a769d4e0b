#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <unordered_map>

#include "core/token_bucket.h"

namespace sewa {

struct RateLimit {
    std::uint32_t per_minute = 0;  // 0: no limit.
    std::uint32_t burst = 1;
    std::size_t keys_max = 50'000;
};

// A token bucket for each key: how often one user, address or conversation may. Not synchronised,
// but for `size`. Remembers the `keys_max` that asked last; one that was forgotten starts with a
// full bucket.
template <typename Key, typename Hash = std::hash<Key>>
class RateLimitTable {
public:
    explicit RateLimitTable(RateLimit limit) : limit_(limit) {}

    // 0: go on. Otherwise milliseconds until the next one is allowed.
    std::uint32_t take(Key const& key, MonoMs now) {
        if (limit_.per_minute == 0) return 0;
        auto const [at, is_new] = entries_.try_emplace(key);
        if (is_new) {
            by_use_.push_front(key);
            at->second.used = by_use_.begin();
        } else {
            by_use_.splice(by_use_.begin(), by_use_, at->second.used);
        }
        auto const wait_ms = at->second.bucket.take(now, limit_.per_minute, limit_.burst);
        if (entries_.size() > limit_.keys_max) {
            entries_.erase(by_use_.back());
            by_use_.pop_back();
        }
        size_.store(entries_.size(), std::memory_order_relaxed);
        return wait_ms;
    }

    // Any-thread.
    std::size_t size() const { return size_.load(std::memory_order_relaxed); }

private:
    struct Entry {
        TokenBucket bucket;
        typename std::list<Key>::iterator used;
    };

    RateLimit const limit_;
    std::unordered_map<Key, Entry, Hash> entries_;
    std::list<Key> by_use_;  // Most recent first.
    std::atomic<std::size_t> size_{0};
};

}  // namespace sewa
