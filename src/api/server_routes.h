#pragma once

#include "api/call.h"
#include "api/request_limiter.h"
#include "auth/api_key_file.h"
#include "http/router.h"

namespace sewa::api {

// What the handlers of the server-side API work with on one shard; all of it outlives the router.
struct ServerApiParts {
    chat::Hub& hub;
    auth::ApiKeyStore const& keys;
    RequestLimiter& limiter;  // By key.
    Clock const& clock;
    ApiLimits limits;
    std::function<std::string()> webhooks;  // Their state as JSON.
};

// Adds every route of PROTOCOL section 9 below /api/messaging/server/: what the marketplace's back
// end does with an API key. Calls have no user; commands carry user 0, the marketplace.
void add_server_routes(http::Router& router, ServerApiParts const& parts);

}  // namespace sewa::api
