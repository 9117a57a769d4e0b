#pragma once

#include "api/call.h"
#include "api/request_limiter.h"
#include "api/upload_desk.h"
#include "auth/tickets.h"
#include "core/random.h"
#include "http/router.h"
#include "observe/log.h"
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
    UploadDesk* uploads = nullptr;           // Null: no attachments.
    observe::Log* log = nullptr;             // Null: nothing is written.
};

// Adds every route of PROTOCOL section 8 below /api/messaging/.
void add_routes(http::Router& router, ApiParts const& parts);

// Refused when this client address asks too often.
Status admit_address(http::Request const& request, ApiParts const& parts);

// Who asks; refused when the token is not good or they ask too often.
Result<auth::Claims> admitted_caller(http::Request const& request, ApiParts const& parts);

// The request as a call of this caller; answered later. Its own path ids are in it.
Call call_of(http::RequestContext& context, http::PathIds const& ids, auth::Claims caller,
             ApiParts const& parts);

// Answers the request with a resource, for callers that are admitted. What it throws is 500.
using Resource = std::function<void(Call)>;
void answer_with(http::RequestContext& context, http::PathIds const& ids, ApiParts const& parts,
                 Resource const& resource);

// The answer as an HTTP response.
http::Response to_response(Answer answer);

}  // namespace sewa::api
