#pragma once

#include "store/sqlite/attachments.h"
#include "store/sqlite/log_writer.h"

namespace sewa::store::sqlite {

// Posts messages, each once (rules M-2, M-3, M-10). Runs inside LogWriter's transaction; every
// refusal comes before the first change.
class MessagePosts {
public:
    MessagePosts(LogWriter& log, Attachments& attachments);

    Result<Receipt> operator()(PostMessage const& post);

    // After opening: the posts of the last seconds that a twin may still repeat (M-3).
    void recall_twins(WallMs now);

private:
    std::int64_t body_of(PostMessage const& post);
    std::optional<Receipt> absorb(PostMessage const& post, std::int64_t body);
    Result<Conversation*> writable_by(PostMessage const& post);
    Result<Conversation*> conversation_for(PostMessage const& post);
    Result<Receipt> answer_repeat(PostMessage const& post, std::int64_t body);
    Status check_reply(PostMessage const& post);
    Result<Receipt> store(Conversation& conversation, PostMessage const& post, std::int64_t body);
    Result<Receipt> append(Conversation& conversation, PostMessage const& post, std::int64_t body,
                           std::vector<Attachment> const& attachments);

    LogWriter& log_;
    Attachments& attachments_;
    Statement select_reply_;
    Statement select_newest_;
    Statement update_absorbed_;
};

}  // namespace sewa::store::sqlite
