#pragma once

#include <string>

namespace sewa::auth {

inline constexpr std::size_t kPasswordBytesMin = 8;
inline constexpr std::size_t kPasswordBytesMax = 256;

// Argon2id, 64 MiB and some 50 ms of a core each: never on a shard. Any-thread.

// A text with salt and parameters in it; empty when there is no memory for it.
std::string hash_password(std::string const& password);
bool password_matches(std::string const& hash, std::string const& password);

// The hash of a password that nobody has, for names that nobody has: looking at it takes as long.
std::string const& hash_of_nobody();

}  // namespace sewa::auth
