#include "chat/presence.h"

#include "core/assert.h"

namespace sewa::chat {

PresenceTable::Opened PresenceTable::open(UserId user) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    auto const [leases, came_online] = stripe.leases.insert(user);
    if (leases == 0 && !came_online) stripe.departed.erase(user);
    return {++leases, came_online};
}

PresenceTable::Closed PresenceTable::close(UserId user, WallMs now) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    auto* const leases = stripe.leases.find(user);
    SEWA_ASSERT(leases != nullptr && *leases > 0);
    if (--*leases > 0) return {};
    auto const departure = ++stripe.departures;
    stripe.departed[user] = {departure, now};
    return {true, departure};
}

std::optional<WallMs> PresenceTable::depart(UserId user, std::uint64_t departure) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    auto const at = stripe.departed.find(user);
    if (at == stripe.departed.end() || at->second.number != departure) return std::nullopt;
    auto const left_at = at->second.left_at;
    stripe.departed.erase(at);
    stripe.leases.erase(user);
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
    return stripe.leases.contains(user);
}

std::size_t PresenceTable::size() const {
    std::size_t size = 0;
    for (auto const& stripe : stripes_) {
        std::lock_guard const lock(stripe.mutex);
        size += stripe.leases.size();
    }
    return size;
}

}  // namespace sewa::chat
