#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::auth {

inline constexpr std::size_t kSecretBytesMin = 32;
inline constexpr std::size_t kSecretBytesMax = 4096;

// Fails with kBadRequest and a reason when `secret` could be guessed: too short, an example from
// documentation, repeated, in sequence, or of few different characters.
Status check_secret(std::string_view secret);

// The secret in `path` without the line break at its end. Blocks; start-up and reload only. Fails
// with kBadRequest, naming the file and how to make a good one; never quotes the content.
Result<std::string> read_secret_file(std::string const& path);

}  // namespace sewa::auth
