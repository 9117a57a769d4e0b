#pragma once

#include <string>
#include <string_view>

#include "auth/keys.h"

namespace sewa::auth {

// HMAC-SHA-256 of `text`: 32 bytes.
std::string hmac_sha256(std::string_view secret, std::string_view text);

// True when `signature`, in the form of RFC 7518 (ES256: r and s, 32 bytes each), is `key`'s
// signature of `text`. False for every malformed signature. Any-thread; constant time for HMAC.
bool signature_matches(Key const& key, std::string_view text, std::string_view signature);

}  // namespace sewa::auth
