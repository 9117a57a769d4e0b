#pragma once

#include <string>

#include "core/result.h"
#include "store/sqlite/integrity.h"

namespace sewa::app {

// What `sewa check`, `sewa backup` and `sewa restore` do with a data folder, which a running server
// may use at the same time. Start-up: on the caller's thread, waiting for the disk.

Result<store::sqlite::Integrity> check_data(std::string const& folder);

// The database of a data folder, or what to do when there is none.
Result<std::string> find_database(std::string const& folder);

// Makes `target`, which does not exist or is empty, a data folder of its own: the database under a
// new epoch, then everything else but what is derived from it. Files come after the database, so
// that what its rows name is there. Returns the epoch.
Result<std::string> back_up_data(std::string const& folder, std::string const& target);

// The same from a backup, which is checked first: a damaged one is refused. The epoch is new again,
// because what happens after one restoration is another history than what happens after the next.
Result<std::string> restore_data(std::string const& backup, std::string const& folder);

}  // namespace sewa::app
