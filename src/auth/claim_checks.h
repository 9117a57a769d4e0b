#pragma once

#include "auth/claims.h"
#include "auth/json_object.h"
#include "auth/jwt.h"
#include "core/result.h"

namespace sewa::auth {

// Reads and checks the payload of a token whose signature is good. For jwt.cc.
Result<Claims> read_claims(JsonObject const& payload, TokenRules const& rules, WallMs now);

}  // namespace sewa::auth
