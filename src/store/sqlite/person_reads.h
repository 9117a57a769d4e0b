#pragma once

#include "store/read.h"
#include "store/sqlite/conversation_reads.h"
#include "store/sqlite/person_walk.h"

namespace sewa::store::sqlite {

// All that is stored about one person, in pages; and who may come in. Inside a Snapshot of the same
// connection.
class PersonReads {
public:
    PersonReads(Database& db, MessageReads& messages, ConversationReads& conversations);

    PersonExport page(UserId user, ErasePerson::From from);
    std::vector<AccessState> access();
    std::optional<Account> account(std::string const& login);

private:
    void add_conversations(PersonExport& page, UserId user);

    MessageReads& messages_;
    ConversationReads& conversations_;
    PersonWalk walk_;
    Statement select_conversations_;
    Statement select_access_;
    Statement select_account_;
};

}  // namespace sewa::store::sqlite
