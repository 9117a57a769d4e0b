#pragma once

#include "store/sqlite/log_writer.h"

namespace sewa::store::sqlite {

// Closing, blocking, membership, title; and what a participant sets for themselves. What changes
// nothing stores nothing. Runs inside LogWriter's transaction; refusals come before changes.
class ConversationChanges {
public:
    explicit ConversationChanges(LogWriter& log);

    Result<Receipt> operator()(ChangeConversation const& change);

private:
    Result<Receipt> change_own(Conversation& conversation, ChangeConversation const& change);
    Result<Receipt> change_state(Conversation& conversation, ChangeConversation const& change);
    Result<Receipt> rename(Conversation& conversation, ChangeConversation const& change);
    Result<Receipt> add(Conversation& conversation, ChangeConversation const& change);
    Result<Receipt> remove(Conversation& conversation, ChangeConversation const& change);
    std::int64_t update_own(Conversation const& conversation, ChangeConversation const& change);
    void store_audience(Conversation& conversation, AudiencePtr audience);
    Receipt record(Conversation& conversation, ChangeConversation const& change,
                   UserId also_for = {});
    Receipt nothing_stored(Conversation const& conversation) const;

    LogWriter& log_;
    Statement update_archived_;
    Statement update_pinned_;
    Statement update_muted_;
    Statement update_deleted_;
    Statement update_closed_;
    Statement update_blocked_;
    Statement update_title_;
    Statement update_audience_;
    Statement join_;
    Statement leave_;
};

}  // namespace sewa::store::sqlite
