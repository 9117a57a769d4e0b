#include "store/sqlite/message_posts.h"

#include "store/sqlite/fingerprint.h"
#include "wire/attachments.h"

namespace sewa::store::sqlite {

namespace {

std::int64_t twin_of(PostMessage const& post, std::int64_t body) {
    return fingerprint({post.conversation.value, post.sender.value, body});
}

}  // namespace

MessagePosts::MessagePosts(LogWriter& log, Attachments& attachments)
    : log_(log),
      attachments_(attachments),
      select_reply_(log.db(),
                    "SELECT 1 FROM events WHERE pos = ? AND conversation_id = ? "
                    "AND kind = 1 AND only_for IS NULL") {}

// Files count by content: a client that uploads again when it repeats says the same.
std::int64_t MessagePosts::body_of(PostMessage const& post) {
    auto hash = fingerprint(
        {fingerprint(post.content), post.reply_to.value, static_cast<std::int64_t>(post.type)});
    for (auto const id : post.attachments) hash = fingerprint({hash, attachments_.digest_of(id)});
    return hash;
}

Result<Receipt> MessagePosts::operator()(PostMessage const& post) {
    auto const body = body_of(post);
    auto const conversation = conversation_for(post);
    if (!conversation) {
        // What was stored once stays answered so, whatever happened to the conversation since.
        auto repeat = answer_repeat(post, body);
        if (repeat || repeat.error().code == Errc::kConflict) return repeat;
        return fail(conversation.error());
    }
    if (post.client_msg_id.empty()) {
        auto const twin = log_.twins().absorb(twin_of(post, body), post.transport, log_.now());
        if (twin) return log_.receipt_of(*twin);
    }
    return store(**conversation, post, body);
}

// The marketplace writes everywhere and takes part nowhere.
Result<Conversation*> MessagePosts::writable_by(PostMessage const& post) {
    if (post.sender) return log_.conversation_of(post.conversation, post.sender);
    auto* const conversation = log_.find_conversation(post.conversation);
    if (conversation == nullptr) return fail(Errc::kNotFound, "no such conversation");
    return conversation;
}

Result<Conversation*> MessagePosts::conversation_for(PostMessage const& post) {
    SEWA_TRY(auto* const conversation, writable_by(post));
    if (conversation->is_blocked) {
        return fail(Errc::kBlocked, "messages in this conversation are blocked");
    }
    if (conversation->is_closed) {
        return fail(Errc::kConversationClosed, "the conversation is closed");
    }
    return conversation;
}

Result<Receipt> MessagePosts::answer_repeat(PostMessage const& post, std::int64_t body) {
    if (post.client_msg_id.empty()) return fail(Errc::kNotFound, "no key");
    auto const stored = log_.find_by_key(post.conversation, post.sender, post.client_msg_id);
    if (!stored) return fail(Errc::kNotFound, "not stored");
    // The fingerprint of a deleted text is gone with the text.
    if (stored->is_deleted || stored->fingerprint == body) return stored->receipt;
    return fail(Errc::kConflict, "this client_msg_id was used with another body", "client_msg_id");
}

Status MessagePosts::check_reply(PostMessage const& post) {
    if (!post.reply_to) return {};
    if (select_reply_.query(post.reply_to, post.conversation).next()) return {};
    return fail(Errc::kBadRequest, "reply_to names no message of this conversation", "reply_to");
}

Result<Receipt> MessagePosts::store(Conversation& conversation, PostMessage const& post,
                                    std::int64_t body) {
    SEWA_CHECK(check_reply(post));
    auto const attachments = attachments_.unsent(post);
    if (attachments) return append(conversation, post, body, *attachments);
    // A repeat finds that its attachments were sent: by itself.
    auto repeat = answer_repeat(post, body);
    if (repeat || repeat.error().code == Errc::kConflict) return repeat;
    return fail(attachments.error());
}

Result<Receipt> MessagePosts::append(Conversation& conversation, PostMessage const& post,
                                     std::int64_t body,
                                     std::vector<Attachment> const& attachments) {
    auto const type = wire::message_type_of(attachments, post.type);
    auto const files = wire::encode_attachments(attachments);
    auto const head = log_.next_head(conversation, post.sender);
    auto const json = wire::encode_message({.head = head,
                                            .sender = &log_.person(post.sender),
                                            .client_msg_id = post.client_msg_id,
                                            .content = post.content,
                                            .type = type,
                                            .reply_to = post.reply_to,
                                            .attachments_json = files});
    auto receipt = log_.append(conversation, {.kind = EventKind::kMessage,
                                              .head = head,
                                              .target = post.reply_to,
                                              .client_msg_id = post.client_msg_id,
                                              .fingerprint = body,
                                              .transport = post.transport,
                                              .message_type = type,
                                              .json = json});
    if (!receipt) return answer_repeat(post, body);
    attachments_.send(attachments, head.pos, conversation.id);
    if (post.client_msg_id.empty()) {
        log_.twins().remember(twin_of(post, body), head.pos, post.transport, log_.now());
    }
    return *std::move(receipt);
}

}  // namespace sewa::store::sqlite
