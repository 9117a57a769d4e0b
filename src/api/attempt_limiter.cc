#include "api/attempt_limiter.h"

namespace sewa::api {

std::uint32_t AttemptLimiter::take(std::string const& key, MonoMs now) {
    if (limits_.per_minute == 0) return 0;
    std::lock_guard const lock(mutex_);
    auto [found, is_new] = entries_.try_emplace(key);
    if (is_new) {
        by_use_.push_front(key);
        found->second.used = by_use_.begin();
    } else {
        by_use_.splice(by_use_.begin(), by_use_, found->second.used);
    }
    auto const wait_ms = found->second.bucket.take(now, limits_.per_minute, limits_.per_minute);
    if (entries_.size() > limits_.entries_max) {
        entries_.erase(by_use_.back());
        by_use_.pop_back();
    }
    return wait_ms;
}

std::size_t AttemptLimiter::size() const {
    std::lock_guard const lock(mutex_);
    return entries_.size();
}

}  // namespace sewa::api
