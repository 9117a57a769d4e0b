#include "auth/tickets.h"

namespace sewa::auth {
namespace {

constexpr std::size_t kTicketDigits = 32;

}  // namespace

Result<std::string> Tickets::issue(Claims claims, Random& random) {
    auto ticket = random.hex(kTicketDigits);
    auto const now = clock_.mono();
    std::scoped_lock const lock(mutex_);
    drop_ended(now);
    if (is_full(claims.user)) {
        ++refused_count_;
        auto refusal = error(Errc::kRateLimited, "too many tickets at once");
        refusal.retry_after_ms = static_cast<std::uint32_t>(limits_.lifetime_ms);
        return fail(std::move(refusal));
    }
    ++issued_count_;
    ++per_user_[claims.user];
    issued_.push_back({now + limits_.lifetime_ms, claims.user, ticket});
    unused_.emplace(ticket, std::move(claims));
    return ticket;
}

Result<Claims> Tickets::redeem(std::string_view ticket) {
    std::scoped_lock const lock(mutex_);
    drop_ended(clock_.mono());
    auto const found = unused_.find(std::string(ticket));
    if (found == unused_.end()) {
        ++refused_count_;
        return fail(Errc::kUnauthorized, "unknown, used or ended ticket");
    }
    auto claims = std::move(found->second);
    unused_.erase(found);
    if (claims.expires_at <= clock_.wall()) {
        ++refused_count_;
        return fail(Errc::kTokenExpired, "the token behind the ticket has expired");
    }
    return claims;
}

std::size_t Tickets::size() const {
    std::scoped_lock const lock(mutex_);
    return unused_.size();
}

std::uint64_t Tickets::issued() const {
    std::scoped_lock const lock(mutex_);
    return issued_count_;
}

std::uint64_t Tickets::refused() const {
    std::scoped_lock const lock(mutex_);
    return refused_count_;
}

bool Tickets::is_full(UserId user) const {
    auto const found = per_user_.find(user);
    return issued_.size() >= limits_.tickets_max ||
           (found != per_user_.end() && found->second >= limits_.tickets_per_user_max);
}

void Tickets::drop_ended(MonoMs now) {
    while (!issued_.empty() && issued_.front().ends_at <= now) {
        auto const& oldest = issued_.front();
        unused_.erase(oldest.ticket);
        auto const count = per_user_.find(oldest.user);
        if (--count->second == 0) per_user_.erase(count);
        issued_.pop_front();
    }
}

}  // namespace sewa::auth
