#include "store/sqlite/access_changes.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kUpsert[] =
    "INSERT INTO access (user_id, banned, revoked_up_to_s) VALUES (?, ?, ?) "
    "ON CONFLICT (user_id) DO UPDATE SET banned = excluded.banned, "
    "revoked_up_to_s = excluded.revoked_up_to_s";

}  // namespace

AccessChanges::AccessChanges(LogWriter& log)
    : log_(log),
      select_banned_(log.db(), "SELECT banned FROM access WHERE user_id = ?"),
      upsert_(log.db(), kUpsert) {}

Result<Receipt> AccessChanges::operator()(ChangeAccess const& change) {
    if (!change.user) return fail(Errc::kBadRequest, "a person needs an id", "id");
    switch (change.verb) {
        case AccessVerb::kBan:
            ban(change.user);
            break;
        case AccessVerb::kUnban:
            store(change.user, false);
            break;
        case AccessVerb::kRevoke:
            revoke(change.user);
            break;
    }
    return Receipt{.created_at = log_.now()};
}

bool AccessChanges::is_banned(UserId user) {
    return select_banned_.number(user) != 0;
}

void AccessChanges::store(UserId user, bool banned) {
    AccessState const access{user, banned, log_.now().value / 1000};
    upsert_.run(user, banned, access.revoked_up_to_s);
    log_.announce(access);
}

}  // namespace sewa::store::sqlite
