#pragma once

#include "store/sqlite/attachments.h"
#include "store/sqlite/log_writer.h"

namespace sewa::store::sqlite {

// Edits, deletes and reactions (rules M-7, M-8, M-12). Runs inside LogWriter's transaction; every
// refusal comes before the first change.
class MessageChanges {
public:
    MessageChanges(LogWriter& log, Attachments& attachments);

    Result<Receipt> operator()(EditMessage const& edit);
    Result<Receipt> operator()(DeleteMessage const& deletion);
    Result<Receipt> operator()(React const& reaction);
    Result<Receipt> operator()(FlagMessage const& flag);

    // Removes the text whoever sent it and whenever; a message that is deleted already gets the
    // sender's name of now. In the marketplace's name.
    void erase(MessageId id);

private:
    struct Message {
        MessageId id;
        Conversation* conversation = nullptr;
        ConvSeq conv_seq;
        UserId sender;
        WallMs created_at;
        bool is_deleted = false;
        std::uint32_t rev = 0;
        std::string client_msg_id;
        MessageId reply_to;
        std::string data;  // With the current content.
    };
    // Without its conversation; `id` 0 when absent.
    struct Row {
        Message message;
        ConversationId conversation;
    };
    Row row_of(MessageId id);
    // `not_found` for what is absent or foreign.
    Result<Message> message_for(MessageId id, UserId user);
    Receipt nothing_stored(Message const& message) const;

    Result<Receipt> delete_for_me(Message const& message, UserId user);
    Result<Receipt> delete_for_all(Message const& message, UserId user);
    // M-7: afterwards neither the message nor its edits hold the text.
    void scrub(Message const& message);
    bool has_all_reactions(MessageId id);
    void scrub_edits(Message const& message);

    LogWriter& log_;
    Attachments& attachments_;
    Statement select_message_;
    Statement update_edited_;
    Statement update_deleted_;
    Statement select_edits_;
    Statement update_frame_;
    Statement insert_hidden_;
    Statement insert_flag_;
    Statement count_reactions_;
    Statement insert_reaction_;
    Statement delete_reaction_;
    Statement delete_reactions_;
};

}  // namespace sewa::store::sqlite
