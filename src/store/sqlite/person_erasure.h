#pragma once

#include "store/sqlite/accounts.h"
#include "store/sqlite/message_changes.h"
#include "store/sqlite/person_walk.h"

namespace sewa::store::sqlite {

// Forgets a person: first the profile and the way in, then their texts, each with the event that
// takes it off every screen. Runs inside LogWriter's transaction; a step is bounded by PersonWalk.
class PersonErasure {
public:
    PersonErasure(LogWriter& log, MessageChanges& messages, AccessChanges& access,
                  Accounts& accounts);

    Result<Receipt> operator()(ErasePerson const& erasure);

private:
    void forget_profile(UserId user);

    LogWriter& log_;
    MessageChanges& messages_;
    AccessChanges& access_;
    Accounts& accounts_;
    PersonWalk walk_;
    Statement update_person_;
};

}  // namespace sewa::store::sqlite
