#pragma once

#include <span>
#include <string>

#include "core/clock.h"
#include "core/random.h"
#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

// One file of store/migrations, embedded by the build.
struct Migration {
    int number;
    char const* name;
    char const* sql;
};
std::span<Migration const> migrations();

// Brings the file to the newest schema, each step in its own transaction, and gives a new file its
// epoch. Refuses, changing nothing, a file that a newer version or another program wrote.
Status migrate(Database& db, Clock const& clock, Random& random);

}  // namespace sewa::store::sqlite
