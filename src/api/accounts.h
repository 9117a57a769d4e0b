#pragma once

#include <string>

#include "api/attempt_limiter.h"
#include "api/call.h"
#include "api/client_address.h"
#include "api/password_desk.h"
#include "chat/peers.h"
#include "core/random.h"
#include "http/router.h"

namespace sewa::api {

struct AccountLimits {
    std::int64_t access_ms = 15 * 60'000;
    std::int64_t refresh_ms = std::int64_t{30} * 24 * 3'600'000;
    AttemptLimits per_account{.per_minute = 10};
    AttemptLimits per_address{.per_minute = 60};
};

// What all shards share of the built-in identity. Any-thread; frozen but for the limiters and the
// desk, which look after themselves.
struct AccountDesk {
    AccountDesk(AccountLimits const& from, std::string signing_secret)
        : limits(from),
          secret(std::move(signing_secret)),
          per_account(from.per_account),
          per_address(from.per_address) {}

    AccountLimits const limits;
    std::string const secret;  // Signs access tokens.
    AttemptLimiter per_account;
    AttemptLimiter per_address;
    PasswordDesk passwords;
};

// What the handlers of one shard work with; all of it outlives the router.
struct AccountParts {
    chat::Hub& hub;
    chat::Peers& peers;
    AccountDesk& desk;
    Random& random;
    Clock const& clock;
    ClientAddresses const& addresses;
    ShardId shard;
};

// Adds /api/auth/register/, login/, refresh/ and logout/ (PROTOCOL section 10).
void add_account_routes(http::Router& router, AccountParts const& parts);

}  // namespace sewa::api
