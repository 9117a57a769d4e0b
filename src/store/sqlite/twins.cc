#include "store/sqlite/twins.h"

#include <cstdlib>

namespace sewa::store::sqlite {

void Twins::remember(std::int64_t body, Pos pos, Transport transport, WallMs at) {
    Post const post{body, pos, transport, at};
    by_body_.emplace(body, post);
    by_age_.push_back(post);
    added_.push_back(post);
}

std::optional<Pos> Twins::absorb(std::int64_t body, Transport transport, WallMs at) {
    auto const [begin, end] = by_body_.equal_range(body);
    auto oldest = end;
    for (auto it = begin; it != end; ++it) {
        auto const& post = it->second;
        if (post.transport == transport || std::llabs(at - post.at) > kWindowMs) continue;
        if (oldest == end || post.pos < oldest->second.pos) oldest = it;
    }
    if (oldest == end) return std::nullopt;
    auto const post = oldest->second;
    absorbed_.push_back(post);
    by_body_.erase(oldest);
    return post.pos;
}

void Twins::keep() {
    if (!added_.empty()) expire(added_.back().at);
    added_.clear();
    absorbed_.clear();
}

void Twins::forget() {
    for (auto const& post : absorbed_) by_body_.emplace(post.body, post);
    for (auto const& post : added_) {
        if (auto const found = find(post.body, post.pos); found != by_body_.end()) {
            by_body_.erase(found);
        }
        by_age_.pop_back();
    }
    added_.clear();
    absorbed_.clear();
}

Twins::Table::iterator Twins::find(std::int64_t body, Pos pos) {
    auto const [begin, end] = by_body_.equal_range(body);
    for (auto it = begin; it != end; ++it) {
        if (it->second.pos == pos) return it;
    }
    return by_body_.end();
}

void Twins::expire(WallMs now) {
    while (!by_age_.empty()) {
        auto const& oldest = by_age_.front();
        bool const is_over = now - oldest.at > kWindowMs || by_age_.size() > kEntriesMax;
        if (!is_over) return;
        if (auto const found = find(oldest.body, oldest.pos); found != by_body_.end()) {
            by_body_.erase(found);
        }
        by_age_.pop_front();
    }
}

}  // namespace sewa::store::sqlite
