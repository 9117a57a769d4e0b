#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sewa::auth {

// base64url of RFC 7515 §2: no padding, no line breaks. Any-thread.
std::string base64url_encode(std::string_view bytes);

// Strict, so that one byte string has exactly one spelling: nullopt for padding, characters outside
// the alphabet, impossible lengths and unused bits that are not zero.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace sewa::auth
