#pragma once

#include <string>

#include "core/random.h"
#include "core/result.h"

namespace sewa::store::sqlite {

// Copies a database, as it is at one moment, to a file that does not exist yet, and gives the copy
// an epoch of its own: a server that starts on it tells its clients to read everything again,
// because what was acknowledged after that moment is not in it. Returns that epoch.
//
// The original may be in use by a server; its write-ahead log cannot begin anew meanwhile. Waits
// for the disk: not for a shard. On failure the copy is of no use and is left to the caller.
Result<std::string> back_up(std::string const& from, std::string const& to, Random& random);

}  // namespace sewa::store::sqlite
