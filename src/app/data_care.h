#pragma once

#include <string>

#include "core/result.h"
#include "store/sqlite/integrity.h"

namespace sewa::app {

// What `sewa check` and `sewa backup` do with a data folder, which a running server may use at the
// same time. Start-up: on the caller's thread, waiting for the disk.

Result<store::sqlite::Integrity> check_data(std::string const& folder);

// Makes `target`, which does not exist or is empty, a data folder of its own: the database under a
// new epoch, then everything else but what is derived from it. Files come after the database, so
// that what its rows name is there. Returns the epoch.
Result<std::string> back_up_data(std::string const& folder, std::string const& target);

}  // namespace sewa::app
