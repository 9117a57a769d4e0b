#pragma once

#include "auth/jwt.h"
#include "core/clock.h"
#include "session/authenticator.h"

namespace sewa::app {

// Verifies the marketplace's tokens. Any-thread; frozen but for the keys behind the verifier.
class TokenAuthenticator final : public session::Authenticator {
public:
    TokenAuthenticator(auth::Verifier verifier, Clock const& clock)
        : verifier_(std::move(verifier)), clock_(clock) {}

    Result<auth::Claims> verify(std::string_view token) const override {
        return verifier_.verify(token, clock_.wall());
    }

private:
    auth::Verifier const verifier_;
    Clock const& clock_;
};

}  // namespace sewa::app
