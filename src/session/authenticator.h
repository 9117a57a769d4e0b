#pragma once

#include <string_view>

#include "auth/claims.h"
#include "core/result.h"

namespace sewa::session {

// Decides whose token this is. Any-thread; does not block.
class Authenticator {
public:
    virtual ~Authenticator() = default;
    // Fails with `token_expired` or `unauthorized`.
    virtual Result<auth::Claims> verify(std::string_view token) const = 0;
    // Whether claims that were verified before still count; `forbidden` for a banned user.
    virtual Status recheck(auth::Claims const&) const { return {}; }
};

}  // namespace sewa::session
