#include "store/sqlite/twins.h"

#include <cstdlib>

namespace sewa::store::sqlite {

void Twins::remember(std::int64_t body, Pos pos, Transport transport, WallMs at) {
    Post const post{body, pos, transport, at};
    by_body_.emplace(key_of(post), post);
    by_age_.push_back(post);
    added_.push_back(post);
}

std::optional<Pos> Twins::absorb(std::int64_t body, Transport transport, WallMs at) {
    auto const other = transport == Transport::kRest ? Transport::kWebSocket : Transport::kRest;
    for (auto it = by_body_.lower_bound({body, other, Pos{}}); it != by_body_.end(); ++it) {
        auto const post = it->second;
        if (post.body != body || post.transport != other) break;
        if (std::llabs(at - post.at) > kWindowMs) continue;
        absorbed_.push_back(post);
        by_body_.erase(it);
        return post.pos;
    }
    return std::nullopt;
}

void Twins::keep() {
    if (!added_.empty()) expire(added_.back().at);
    added_.clear();
    absorbed_.clear();
}

void Twins::forget() {
    for (auto const& post : absorbed_) by_body_.emplace(key_of(post), post);
    for (auto const& post : added_) {
        by_body_.erase(key_of(post));
        by_age_.pop_back();
    }
    added_.clear();
    absorbed_.clear();
}

// Ends at the newest post, which is of `now`, if not before.
void Twins::expire(WallMs now) {
    while (now - by_age_.front().at > kWindowMs || by_age_.size() > kEntriesMax) {
        by_body_.erase(key_of(by_age_.front()));
        by_age_.pop_front();
    }
}

}  // namespace sewa::store::sqlite
