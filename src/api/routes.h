#pragma once

#include "api/call.h"
#include "api/request_limiter.h"
#include "auth/tickets.h"
#include "core/random.h"
#include "http/router.h"
#include "observe/metrics.h"
#include "session/authenticator.h"

namespace sewa::api {

// What the REST handlers of one shard work with; all of it outlives the router.
struct ApiParts {
    chat::Hub& hub;
    session::Authenticator const& authenticator;
    auth::Tickets& tickets;
    Random& random;
    RequestLimiter& limiter;
    AddressLimiter& address_limiter;
    ClientAddresses const& addresses;
    Clock const& clock;
    ApiLimits limits;
    std::string_view version;
    observe::MetricSlot* metrics = nullptr;  // Null: not measured.
};

// Adds every route of PROTOCOL section 8 below /api/messaging/.
void add_routes(http::Router& router, ApiParts const& parts);

// The answer as an HTTP response.
http::Response to_response(Answer answer);

}  // namespace sewa::api
