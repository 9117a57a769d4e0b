#pragma once

#include "store/read.h"
#include "store/sqlite/membership_reads.h"

namespace sewa::store::sqlite {

// The log for those who follow all of it, and how far they are. Inside a Snapshot of the same
// connection.
class LogReads {
public:
    LogReads(Database& db, MembershipReads& members);

    Result<LogPage> after(Pos after, std::uint32_t limit);
    std::optional<Pos> webhook_cursor();

private:
    Database& db_;
    MembershipReads& members_;
    Statement select_events_;
    Statement select_cursor_;
};

// The cursor's other side. Runs inside LogWriter's transaction.
class WebhookCursor {
public:
    explicit WebhookCursor(Database& db)
        : replace_(db, "INSERT OR REPLACE INTO meta VALUES ('webhook_cursor', ?)") {}

    Result<Receipt> operator()(SaveWebhookCursor const& save) {
        replace_.run(save.pos);
        return Receipt{};
    }

private:
    Statement replace_;
};

}  // namespace sewa::store::sqlite
