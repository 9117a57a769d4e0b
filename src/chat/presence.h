#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/clock.h"
#include "core/flat_map.h"
#include "core/flat_set.h"
#include "core/id.h"

namespace sewa::chat {

// Who is online on this node: a lease for each live connection (P-1).
//
// Any-thread: the only state besides typing that shards share, because devices of one user are on
// different shards. Guarded by striped mutexes that are held for one map operation; nothing on the
// message path asks it. Bounded by the connections of the node plus those who left within the
// grace period.
class PresenceTable {
public:
    struct Opened {
        std::uint32_t leases = 0;  // Including this one.
        bool came_online = false;  // Was offline for everybody before.
    };
    struct Closed {
        bool was_last = false;
        std::uint64_t departure = 0;  // Names this departure, for `depart`.
    };

    Opened open(UserId user);
    Closed close(UserId user, WallMs now);

    // The grace period after `departure` is over. The time when the last lease ended, when nobody
    // came back; nothing otherwise. The user is offline from then on.
    std::optional<WallMs> depart(UserId user, std::uint64_t departure);

    // Those of `users` who are online; a user within the grace period counts as online (P-2).
    std::vector<UserId> online(std::vector<UserId> const& users) const;
    bool is_online(UserId user) const;
    std::size_t size() const;

private:
    struct Departure {
        std::uint64_t number = 0;
        WallMs left_at;
    };
    struct Stripe {
        mutable std::mutex mutex;
        FlatSet<UserId> online;                         // With a lease, or within the grace period.
        FlatMap<UserId, std::uint32_t> further_leases;  // Besides the first; none of most people.
        std::unordered_map<UserId, Departure> departed;  // Exactly those without a lease.
        std::uint64_t departures = 0;  // Never reused, also when an entry goes and comes back.
    };
    static constexpr std::size_t kStripes = 16;

    Stripe& stripe_of(UserId user) { return stripes_[std::hash<UserId>{}(user) % kStripes]; }
    Stripe const& stripe_of(UserId user) const {
        return stripes_[std::hash<UserId>{}(user) % kStripes];
    }

    std::array<Stripe, kStripes> stripes_;
};

}  // namespace sewa::chat
