#include "store/sqlite/message_posts.h"

#include "store/sqlite/fingerprint.h"
#include "wire/attachments.h"

namespace sewa::store::sqlite {

namespace {

// Newest first, so that reading ends with the first one that is too old.
constexpr char kSelectNewest[] =
    "SELECT pos, created_at, conversation_id, actor_id, fingerprint, transport, "
    "kind = 1 AND client_msg_id IS NULL AND fingerprint IS NOT NULL AND transport < 2 "
    "FROM events ORDER BY pos DESC LIMIT ?";

std::int64_t twin_of(ConversationId conversation, UserId sender, std::int64_t body) {
    return fingerprint({conversation.value, sender.value, body});
}

}  // namespace

MessagePosts::MessagePosts(LogWriter& log, Attachments& attachments)
    : log_(log),
      attachments_(attachments),
      select_reply_(log.db(),
                    "SELECT 1 FROM events WHERE pos = ? AND conversation_id = ? "
                    "AND kind = 1 AND only_for IS NULL"),
      select_newest_(log.db(), kSelectNewest),
      update_absorbed_(log.db(), "UPDATE events SET transport = ? WHERE pos = ?") {}

void MessagePosts::recall_twins(WallMs now) {
    struct Post {
        std::int64_t body;
        Pos pos;
        Transport transport;
        WallMs at;
    };
    std::vector<Post> posts;
    auto rows = select_newest_.query(static_cast<std::int64_t>(Twins::kEntriesMax));
    while (rows.next() && now - WallMs{rows.integer(1)} <= Twins::kWindowMs) {
        if (rows.integer(6) == 0) continue;
        auto const body = twin_of(rows.id<ConversationId>(2), rows.id<UserId>(3), rows.integer(4));
        posts.push_back({body, rows.id<Pos>(0), static_cast<Transport>(rows.integer(5)),
                         WallMs{rows.integer(1)}});
    }
    for (auto post = posts.rbegin(); post != posts.rend(); ++post) {
        log_.twins().remember(post->body, post->pos, post->transport, post->at);
    }
    log_.twins().keep();
}

// What was absorbed is noted in the log: one message absorbs one twin, also over a restart.
std::optional<Receipt> MessagePosts::absorb(PostMessage const& post, std::int64_t body) {
    if (!post.client_msg_id.empty()) return std::nullopt;
    auto const twin_body = twin_of(post.conversation, post.sender, body);
    auto const twin = log_.twins().absorb(twin_body, post.transport, log_.now());
    if (!twin) return std::nullopt;
    update_absorbed_.run(Transport::kBoth, *twin);
    return log_.receipt_of(*twin);
}

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
    if (auto const first = absorb(post, body)) return *first;
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
        log_.twins().remember(twin_of(conversation.id, post.sender, body), head.pos, post.transport,
                              log_.now());
    }
    return *std::move(receipt);
}

}  // namespace sewa::store::sqlite
