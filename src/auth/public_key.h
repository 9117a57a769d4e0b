#pragma once

#include <string_view>

#include "auth/keys.h"
#include "core/result.h"

namespace sewa::auth {

// Public keys from the big-endian numbers of a JSON Web Key. Each checks that the key makes sense
// (RSA: 2048 to 8192 bits, odd exponent above 1; EC: a point on P-256) and fails with kBadRequest.
Result<PublicKey> rsa_public_key(std::string_view modulus, std::string_view exponent);
Result<PublicKey> p256_public_key(std::string_view x, std::string_view y);
Result<PublicKey> ed25519_public_key(std::string_view x);

}  // namespace sewa::auth
