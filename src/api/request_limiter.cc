#include "api/request_limiter.h"

namespace sewa::api {

std::uint32_t RequestLimiter::take(UserId user, MonoMs now) {
    if (limits_.per_minute == 0) return 0;
    auto const [at, is_new] = users_.try_emplace(user);
    if (is_new) {
        by_use_.push_front(user);
        at->second.used = by_use_.begin();
    } else {
        by_use_.splice(by_use_.begin(), by_use_, at->second.used);
    }
    auto const wait_ms = at->second.bucket.take(now, limits_.per_minute, limits_.burst);
    if (users_.size() > limits_.users_max) {
        users_.erase(by_use_.back());
        by_use_.pop_back();
    }
    return wait_ms;
}

}  // namespace sewa::api
