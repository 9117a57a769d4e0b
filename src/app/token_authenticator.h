#pragma once

#include <atomic>

#include "auth/access_table.h"
#include "auth/jwt.h"
#include "core/clock.h"
#include "session/authenticator.h"

namespace sewa::app {

// Verifies the marketplace's tokens. Any-thread; frozen but for the keys behind the verifier.
class TokenAuthenticator final : public session::Authenticator {
public:
    TokenAuthenticator(auth::Verifier verifier, auth::AccessTable const& access,
                       Clock const& clock)
        : verifier_(std::move(verifier)), access_(access), clock_(clock) {}

    Result<auth::Claims> verify(std::string_view token) const override {
        auto claims = verifier_.verify(token, clock_.wall());
        if (claims) {
            if (auto const still = access_.check(*claims); !still) claims = fail(still.error());
        }
        auto& counter = claims                                       ? accepted_
                        : claims.error().code == Errc::kTokenExpired ? expired_
                                                                     : refused_;
        counter.fetch_add(1, std::memory_order_relaxed);
        return claims;
    }

    Status recheck(auth::Claims const& claims) const override { return access_.check(claims); }

    std::uint64_t accepted() const { return accepted_.load(std::memory_order_relaxed); }
    std::uint64_t expired() const { return expired_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

private:
    auth::Verifier const verifier_;
    auth::AccessTable const& access_;
    Clock const& clock_;
    mutable std::atomic<std::uint64_t> accepted_{0};
    mutable std::atomic<std::uint64_t> expired_{0};
    mutable std::atomic<std::uint64_t> refused_{0};
};

}  // namespace sewa::app
