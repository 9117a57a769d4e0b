#include "chat/presence.h"

#include "core/assert.h"

namespace sewa::chat {

PresenceTable::Opened PresenceTable::open(UserId user) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    if (stripe.online.insert(user)) return {1, true};
    if (stripe.departed.erase(user) != 0) return {1, false};
    return {1 + ++stripe.further_leases.insert(user).first, false};
}

PresenceTable::Closed PresenceTable::close(UserId user, WallMs now) {
    auto& stripe = stripe_of(user);
    std::lock_guard const lock(stripe.mutex);
    SEWA_ASSERT(stripe.online.contains(user) && !stripe.departed.contains(user));
    if (auto* const further = stripe.further_leases.find(user)) {
        if (--*further == 0) stripe.further_leases.erase(user);
        return {};
    }
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
    stripe.online.erase(user);
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
    return stripe.online.contains(user);
}

std::size_t PresenceTable::size() const {
    std::size_t size = 0;
    for (auto const& stripe : stripes_) {
        std::lock_guard const lock(stripe.mutex);
        size += stripe.online.size();
    }
    return size;
}

}  // namespace sewa::chat
