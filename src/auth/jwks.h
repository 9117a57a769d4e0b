#pragma once

#include <string_view>

#include "auth/algorithm.h"
#include "auth/keys.h"
#include "core/result.h"

namespace sewa::auth {

inline constexpr std::size_t kJwksBytesMax = 256 * 1024;

// The keys of a JSON Web Key Set (RFC 7517): RSA for RS256, EC P-256 for ES256, OKP Ed25519 for
// EdDSA, oct for HS256 when that is allowed. Any-thread.
//
// Left out, because issuers publish them side by side: keys whose `use`, `key_ops`, `alg` or curve
// say that they are for something else than the allowed algorithms. Fails with kBadRequest for
// everything that is wrong rather than foreign: a broken key, RSA below 2048 bits, a private key, a
// `kid` that occurs twice, oct without HS256, and when no key is left.
Result<Keys> parse_jwks(std::string_view json, AlgorithmSet allowed);

}  // namespace sewa::auth
