#include "store/sqlite/retention.h"

#include <algorithm>
#include <vector>

namespace sewa::store::sqlite {

namespace {

struct Old {
    Pos pos;
    ConversationId conversation;
    ConvSeq conv_seq;
};

struct Walk {
    std::vector<Old> old;
    Pos seen_to;
    bool has_more = false;
};

Walk walk_log(Database& db, RetentionStep const& step) {
    Statement select(db,
                     "SELECT pos, conversation_id, conv_seq, kind, created_at FROM events "
                     "WHERE pos > (SELECT value FROM meta WHERE key = 'pruned_to') "
                     "ORDER BY pos LIMIT ?");
    Walk walk;
    std::int64_t rows_seen = 0;
    auto rows = select.query(step.rows_max);
    while (rows.next()) {
        if (rows.integer(4) >= step.before.value) return walk;
        walk.seen_to = rows.id<Pos>(0);
        rows_seen += 1;
        bool const is_message = rows.integer(3) == 1;
        if (!is_message) {
            walk.old.push_back({walk.seen_to, rows.id<ConversationId>(1), rows.id<ConvSeq>(2)});
        }
    }
    walk.has_more = rows_seen == step.rows_max;
    return walk;
}

void set_meta(Database& db, std::string_view key, Pos value) {
    Statement update(db, "UPDATE meta SET value = max(value, ?) WHERE key = ?");
    update.run(value, key);
}

}  // namespace

Result<LogState> read_log_state(Database& db) {
    LogState state;
    {
        Statement select(db,
                         "SELECT (SELECT value FROM meta WHERE key = 'epoch'), "
                         "max((SELECT value FROM meta WHERE key = 'head'), "
                         "(SELECT ifnull(max(pos), 0) FROM events)), "
                         "(SELECT value FROM meta WHERE key = 'floor')");
        auto row = select.query();
        if (row.next()) state = {row.string(0), row.id<Pos>(1), row.id<Pos>(2)};
    }
    if (db.failure() == Failure::kNone) return state;
    auto text = db.failure_text();
    db.recover();
    return fail(Errc::kUnavailable, std::move(text));
}

RetentionResult remove_old_events(Database& db, RetentionStep const& step) {
    auto const walk = walk_log(db, step);
    if (!walk.seen_to) return {};
    Statement remove(db, "DELETE FROM events WHERE pos = ?");
    Statement raise(db, "UPDATE conversations SET floor_seq = max(floor_seq, ?) WHERE id = ?");
    RetentionResult result{.has_more = walk.has_more};
    for (auto const& old : walk.old) {
        result.removed += remove.run(old.pos);
        if (old.conv_seq) raise.run(old.conv_seq, old.conversation);
        result.floor = old.pos;
    }
    set_meta(db, "head", step.head);
    set_meta(db, "pruned_to", walk.seen_to);
    if (result.floor) set_meta(db, "floor", result.floor);
    return result;
}

}  // namespace sewa::store::sqlite
