#include "chat/presence.h"

#include "core/assert.h"

namespace sewa::chat {

PresenceTable::Opened PresenceTable::open(UserId user) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    auto const [at, came_online] = stripe.entries.try_emplace(user);
    return {++at->second.leases, came_online};
}

PresenceTable::Closed PresenceTable::close(UserId user, WallMs now) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    auto const at = stripe.entries.find(user);
    SEWA_ASSERT(at != stripe.entries.end() && at->second.leases > 0);
    auto& entry = at->second;
    if (--entry.leases > 0) return {};
    entry.left_at = now;
    entry.departure = ++stripe.departures;
    return {true, entry.departure};
}

std::optional<WallMs> PresenceTable::depart(UserId user, std::uint64_t departure) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    auto const at = stripe.entries.find(user);
    if (at == stripe.entries.end()) return std::nullopt;
    auto const& entry = at->second;
    if (entry.leases > 0 || entry.departure != departure) return std::nullopt;
    auto const left_at = entry.left_at;
    stripe.entries.erase(at);
    return left_at;
}

std::vector<UserId> PresenceTable::online(std::vector<UserId> const& users) const {
    std::vector<UserId> found;
    for (auto const user : users) {
        if (is_online(user)) found.push_back(user);
    }
    return found;
}

bool PresenceTable::is_online(UserId user) const {
    auto const& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    return stripe.entries.contains(user);
}

std::size_t PresenceTable::size() const {
    std::size_t size = 0;
    for (auto const& stripe : stripes_) {
        std::lock_guard const lock(stripe.mutex);
        size += stripe.entries.size();
    }
    return size;
}

}  // namespace sewa::chat
