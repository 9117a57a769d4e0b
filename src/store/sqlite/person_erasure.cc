#include "store/sqlite/person_erasure.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kUpdatePerson[] =
    "UPDATE people SET name = 'Deleted user', first_name = '', last_name = '', avatar = '', "
    "last_seen = NULL WHERE id = ?";

}  // namespace

PersonErasure::PersonErasure(LogWriter& log, MessageChanges& messages, AccessChanges& access,
                             Accounts& accounts)
    : log_(log),
      messages_(messages),
      access_(access),
      accounts_(accounts),
      walk_(log.db()),
      update_person_(log.db(), kUpdatePerson) {}

Result<Receipt> PersonErasure::operator()(ErasePerson const& erasure) {
    if (!erasure.user) return fail(Errc::kBadRequest, "a person needs an id", "id");
    bool const is_first = !erasure.from.conversation;
    if (is_first) forget_profile(erasure.user);
    auto const step = walk_.step(erasure.user, erasure.from);
    for (auto const id : step.messages) messages_.erase(id);
    return Receipt{.created_at = log_.now(), .next = step.next};
}

// Before the texts, so that what is left of a message names nobody.
void PersonErasure::forget_profile(UserId user) {
    update_person_.run(user);
    log_.forget_person(user);
    access_.ban(user);
    accounts_.forget(user);
}

}  // namespace sewa::store::sqlite
