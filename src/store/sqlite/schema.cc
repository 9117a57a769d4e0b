#include "store/sqlite/schema.h"

#include <fmt/format.h>

namespace sewa::store::sqlite {

namespace {

// "Sewa" in ASCII: `file` and we ourselves recognise our files by it.
constexpr std::int64_t kApplicationId = 0x53657761;

Status failed(Database& db, std::string_view doing) {
    auto text = fmt::format("{}: {}", doing, db.failure_text());
    db.recover();
    return fail(Errc::kUnavailable, std::move(text));
}

Status refuse_foreign(Database& db) {
    auto const id = db.pragma("PRAGMA application_id");
    bool const is_empty = db.pragma("SELECT count(*) FROM sqlite_schema") == 0;
    if (db.failure() != Failure::kNone) return failed(db, "cannot read the database");
    if (id == kApplicationId || is_empty) return {};
    return fail(Errc::kUnavailable,
                "this database was made by another program; choose another data folder");
}

Result<int> version_of(Database& db, int newest) {
    auto const version = static_cast<int>(db.pragma("PRAGMA user_version"));
    if (version <= newest) return version;
    return fail(Errc::kUnavailable,
                fmt::format("the data has schema {} and this version of sewa knows up to {}; "
                            "start the newer version, or restore a backup made before it",
                            version, newest));
}

Status run_one(Database& db, Migration const& migration, Clock const& clock) {
    db.exec("BEGIN IMMEDIATE");
    db.exec(
        "CREATE TABLE IF NOT EXISTS schema_migrations ("
        "number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL)");
    db.exec(migration.sql);
    {
        Statement record(db, "INSERT INTO schema_migrations VALUES (?, ?, ?)");
        record.run(migration.number, std::string_view(migration.name), clock.wall().value);
    }
    db.exec(fmt::format("PRAGMA application_id = {}", kApplicationId).c_str());
    db.exec(fmt::format("PRAGMA user_version = {}", migration.number).c_str());
    db.exec("COMMIT");
    if (db.failure() == Failure::kNone) return {};
    return failed(db, fmt::format("migration {}", migration.name));
}

Status name_epoch(Database& db, Random& random) {
    {
        Statement insert(db,
                         "INSERT OR IGNORE INTO meta VALUES ('epoch', ?), ('head', 0), "
                         "('floor', 0), ('pruned_to', 0)");
        insert.run("e" + random.hex(12));
    }
    if (db.failure() == Failure::kNone) return {};
    return failed(db, "cannot write the epoch");
}

}  // namespace

Status migrate(Database& db, Clock const& clock, Random& random) {
    auto const all = migrations();
    SEWA_CHECK(refuse_foreign(db));
    SEWA_TRY(int const version, version_of(db, all.back().number));
    for (auto const& migration : all.subspan(static_cast<std::size_t>(version))) {
        SEWA_CHECK(run_one(db, migration, clock));
    }
    if (db.pragma("SELECT count(*) FROM meta WHERE key = 'epoch'") == 1) return {};
    return name_epoch(db, random);
}

}  // namespace sewa::store::sqlite
