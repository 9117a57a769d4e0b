#pragma once

#include "store/sqlite/log_writer.h"

namespace sewa::store::sqlite {

// Bans and worthless tokens: no events, but every shard is told with the batch. Runs inside
// LogWriter's transaction. One row for each user that was ever banned or logged out.
class AccessChanges {
public:
    explicit AccessChanges(LogWriter& log);

    Result<Receipt> operator()(ChangeAccess const& change);

    void ban(UserId user) { store(user, true); }
    // Tokens of before count no more; a ban stays.
    void revoke(UserId user) { store(user, is_banned(user)); }

private:
    bool is_banned(UserId user);
    void store(UserId user, bool banned);

    LogWriter& log_;
    Statement select_banned_;
    Statement upsert_;
};

}  // namespace sewa::store::sqlite
