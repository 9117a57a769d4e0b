#pragma once

#include "store/read.h"
#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

Result<LogState> read_log_state(Database& db);

// Walks the log once, oldest first, over many calls, and removes events that are no messages.
// Raises the floors below which a client must take a snapshot. Runs inside the caller's
// transaction; the caller looks at the connection's failure.
struct RetentionStep {
    WallMs before;  // Younger events stay.
    Pos head;       // Written down, so that no position is used again when the newest event goes.
    std::int64_t rows_max = 2000;
};
struct RetentionResult {
    std::int64_t removed = 0;
    Pos floor;  // 0: unchanged.
    bool has_more = false;
};
RetentionResult remove_old_events(Database& db, RetentionStep const& step);

}  // namespace sewa::store::sqlite
