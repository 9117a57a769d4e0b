#pragma once

#include "api/client_address.h"
#include "core/id.h"
#include "core/rate_limit_table.h"

namespace sewa::api {

using RequestLimits = RateLimit;

// How often one user, or one API key, may ask one shard. Shard-local.
using RequestLimiter = RateLimitTable<UserId>;

// The same for one client address, whoever it says it is.
using AddressLimiter = RateLimitTable<ClientAddress, ClientAddressHash>;

}  // namespace sewa::api
