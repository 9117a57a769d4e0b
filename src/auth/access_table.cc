#include "auth/access_table.h"

#include <mutex>

namespace sewa::auth {

void AccessTable::set(UserId user, Entry entry) {
    std::unique_lock const lock(mutex_);
    entries_[user] = entry;
}

Status AccessTable::check(Claims const& claims) const {
    std::shared_lock const lock(mutex_);
    auto const found = entries_.find(claims.user);
    if (found == entries_.end()) return {};
    if (found->second.is_banned) return fail(Errc::kForbidden, "this user may not come in");
    if (claims.issued_at.value / 1000 > found->second.revoked_up_to_s) return {};
    return fail(Errc::kUnauthorized, "this token was revoked; get a fresh one");
}

std::size_t AccessTable::size() const {
    std::shared_lock const lock(mutex_);
    return entries_.size();
}

}  // namespace sewa::auth
