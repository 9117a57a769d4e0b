#pragma once

#include <optional>
#include <vector>

#include "store/sqlite/database.h"
#include "store/write.h"

namespace sewa::store::sqlite {

// Visits the messages of one sender by conversation and conv_seq, in steps of bounded cost. There
// is no index by sender: it would cost every message, and this is asked for rarely.
class PersonWalk {
public:
    static constexpr int kEventsPerStep = 2000;
    static constexpr std::size_t kMessagesPerStep = 200;

    explicit PersonWalk(Database& db);

    struct Step {
        std::vector<MessageId> messages;
        ErasePerson::From next;  // `conversation` 0: all was visited.
    };
    Step step(UserId user, ErasePerson::From from);

private:
    std::optional<ConversationId> conversation_at_least(UserId user, ConversationId id);

    Statement select_conversation_;
    Statement select_events_;
};

}  // namespace sewa::store::sqlite
