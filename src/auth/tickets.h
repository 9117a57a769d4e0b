#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/claims.h"
#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"

namespace sewa::auth {

struct TicketLimits {
    std::int64_t lifetime_ms = 30'000;
    std::size_t tickets_max = 100'000;
    std::size_t tickets_per_user_max = 60;  // within one lifetime
};

// One-use passes for a WebSocket address, so that no token stands in a URL (PROTOCOL C-1).
//
// Any-thread: REST issues on one shard, the handshake redeems on another. One mutex, held for a
// table operation, twice per connection and never on the message path. Bounded by `tickets_max` and
// per user; `issue` fails with kRateLimited then. A ticket counts on the node that issued it.
class Tickets {
public:
    Tickets(TicketLimits limits, Clock const& clock) : limits_(limits), clock_(clock) {}

    // 128 random bits in hexadecimal. `random` is the caller's own.
    Result<std::string> issue(Claims claims, Random& random);

    // The claims, once. Fails with kUnauthorized for an unknown, used or ended ticket, and with
    // kTokenExpired when the token behind it has ended.
    Result<Claims> redeem(std::string_view ticket);

    std::size_t size() const;
    std::uint64_t issued() const;   // Since start.
    std::uint64_t refused() const;  // Above the limit, unknown, used or ended.

private:
    struct Issued {
        MonoMs ends_at;
        UserId user;
        std::string ticket;
    };

    void drop_ended(MonoMs now);
    bool is_full(UserId user) const;

    TicketLimits const limits_;
    Clock const& clock_;

    // Guards everything below.
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Claims> unused_;
    // Oldest first; all live equally long, so the front ends first. Redeemed ones stay and count
    // until then, which bounds issuing and redeeming in a loop as well.
    std::deque<Issued> issued_;
    std::unordered_map<UserId, std::size_t> per_user_;
    std::uint64_t issued_count_ = 0;
    std::uint64_t refused_count_ = 0;
};

}  // namespace sewa::auth
