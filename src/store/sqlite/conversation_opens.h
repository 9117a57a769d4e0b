#pragma once

#include "store/sqlite/message_posts.h"

namespace sewa::store::sqlite {

// New conversations, and the one about a service that is there already. Runs inside LogWriter's
// transaction; every refusal comes before the first change.
class ConversationOpens {
public:
    ConversationOpens(LogWriter& log, MessagePosts& posts);

    Result<Receipt> operator()(OpenConversation const& open);
    Result<Receipt> operator()(CreateGroup const& create);

private:
    struct Draft {
        ConversationKind kind;
        std::string_view title;
        ServiceId service;
        UserId provider;
        UserId customer;
        UserId by;
        std::vector<UserId> participants;  // Sorted, without repetition.
    };
    Status check(OpenConversation const& open);
    ConversationId find_direct(OpenConversation const& open);
    // The conversation with its `created` event; an empty receipt when the disk failed.
    Receipt create(Draft const& draft);
    void insert_participants(ConversationId id, std::vector<UserId> const& users);

    LogWriter& log_;
    MessagePosts& posts_;
    Statement select_service_;
    Statement select_direct_;
    Statement insert_conversation_;
    Statement insert_participant_;
};

}  // namespace sewa::store::sqlite
