#include "store/sqlite/integrity.h"

#include <fmt/format.h>

#include "store/sqlite/database.h"
#include "store/sqlite/fingerprint.h"

namespace sewa::store::sqlite {

namespace {

void note(Integrity& into, std::string finding) {
    ++into.damages;
    if (into.findings.size() < Integrity::kFindingsMax) into.findings.push_back(std::move(finding));
}

void check_structure(Database& db, Integrity& into) {
    Statement statement(db, "PRAGMA integrity_check(50)");
    auto rows = statement.query();
    while (rows.next()) {
        if (rows.text(0) != "ok") note(into, "SQLite: " + rows.string(0));
    }
}

void check_events(Database& db, Integrity& into) {
    Statement statement(
        db, "SELECT pos, conversation_id, ifnull(conv_seq, 0), checksum, frame FROM events");
    auto rows = statement.query();
    while (rows.next()) {
        ++into.events;
        auto const right = event_checksum(rows.id<Pos>(0), rows.id<ConversationId>(1),
                                          rows.id<ConvSeq>(2), rows.text(4));
        if (right == rows.integer(3)) continue;
        note(into, fmt::format("event {} of conversation {} is not what was written",
                               rows.integer(0), rows.integer(1)));
    }
}

void check_numbers(Database& db, Integrity& into) {
    Statement statement(
        db,
        "SELECT c.id, c.last_seq - c.floor_seq, count(e.pos), ifnull(max(e.conv_seq), c.floor_seq),"
        " c.last_seq FROM conversations c LEFT JOIN events e"
        " ON e.conversation_id = c.id AND e.conv_seq > c.floor_seq GROUP BY c.id");
    auto rows = statement.query();
    while (rows.next()) {
        if (rows.integer(1) == rows.integer(2) && rows.integer(3) == rows.integer(4)) continue;
        note(into, fmt::format("conversation {} has {} of {} events", rows.integer(0),
                               rows.integer(2), rows.integer(1)));
    }
}

}  // namespace

Result<Integrity> check_integrity(std::string const& database_path) {
    SEWA_TRY(auto db, Database::open({.path = database_path, .access = Access::kRead}));
    Integrity found;
    // One snapshot for all three.
    db->exec("BEGIN");
    check_structure(*db, found);
    check_events(*db, found);
    check_numbers(*db, found);
    if (db->failure() != Failure::kNone) {
        return fail(Errc::kUnavailable,
                    fmt::format("cannot read {}: {}", database_path, db->failure_text()));
    }
    db->exec("COMMIT");
    return found;
}

}  // namespace sewa::store::sqlite
