#include "store/sqlite/backup.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

namespace {

Status copy(Database& from, Database& to) {
    auto* const copying = sqlite3_backup_init(to.raw(), "main", from.raw(), "main");
    if (copying == nullptr) return fail(Errc::kUnavailable, sqlite3_errmsg(to.raw()));
    // All at once: in steps, every write of the server would begin it anew.
    int const copied = sqlite3_backup_step(copying, -1);
    sqlite3_backup_finish(copying);
    if (copied == SQLITE_DONE) return {};
    return fail(Errc::kUnavailable, fmt::format("the copy failed: {}", sqlite3_errmsg(to.raw())));
}

}  // namespace

Result<std::string> back_up(std::string const& from, std::string const& to, Random& random) {
    auto epoch = "e" + random.hex(12);
    SEWA_TRY(auto original, Database::open({.path = from, .access = Access::kRead}));
    SEWA_TRY(auto made, Database::open({.path = to, .access = Access::kWrite}));
    SEWA_CHECK(copy(*original, *made));
    {
        Statement rename(*made, "UPDATE meta SET value = ? WHERE key = 'epoch'");
        if (rename.run(std::string_view(epoch)) == 1) return epoch;
    }
    return fail(Errc::kUnavailable,
                fmt::format("cannot name the epoch of {}: {}", to, made->failure_text()));
}

}  // namespace sewa::store::sqlite
