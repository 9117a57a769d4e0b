#pragma once

#include <vector>

#include "store/sqlite/log_writer.h"

namespace sewa::store::sqlite {

// What the log knows of uploaded files: added, sent with a message once (rule A-2), given up,
// forgotten. Runs inside LogWriter's transaction; every refusal comes before the first change.
class Attachments {
public:
    explicit Attachments(LogWriter& log);

    Result<Receipt> operator()(AddAttachment const& addition);
    Result<Receipt> operator()(GiveUpAttachments const& command);
    Result<Receipt> operator()(ForgetAttachments const& command);

    // Those with these ids, when all of them are the sender's own and were not sent.
    Result<std::vector<Attachment>> unsent(PostMessage const& post);
    void send(std::vector<Attachment> const& attachments, MessageId message,
              ConversationId conversation);
    // Stands for the content in a message's fingerprint; the id itself when it is not known.
    std::int64_t digest_of(std::int64_t id);
    void give_up_all_of(MessageId message);

private:
    std::optional<Attachment> find_unsent(std::int64_t id, UserId owner);

    LogWriter& log_;
    Statement select_quota_;
    Statement insert_;
    Statement select_unsent_;
    Statement select_digest_;
    Statement update_sent_;
    Statement give_up_of_message_;
    Statement give_up_old_;
    Statement forget_;
};

}  // namespace sewa::store::sqlite
