#include "store/sqlite/message_changes.h"

#include "store/sqlite/fingerprint.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kSelectMessage[] =
    "SELECT conversation_id, conv_seq, actor_id, created_at, deleted, rev, client_msg_id, target, "
    "current, frame FROM events WHERE pos = ? AND kind = 1";

constexpr char kUpdateDeleted[] =
    "UPDATE events SET deleted = 1, frame = ?, current = NULL, fingerprint = 0, message_type = ?, "
    "checksum = ? WHERE pos = ?";

// Of one message; a bound on what a page of history can carry.
constexpr std::int64_t kReactionsMax = 2000;

tl::unexpected<Error> no_message() {
    return fail(Errc::kNotFound, "no such message");
}

}  // namespace

MessageChanges::MessageChanges(LogWriter& log, Attachments& attachments)
    : log_(log),
      attachments_(attachments),
      select_message_(log.db(), kSelectMessage),
      update_edited_(log.db(),
                     "UPDATE events SET current = ?, rev = ?, edited_at = ? WHERE pos = ?"),
      update_deleted_(log.db(), kUpdateDeleted),
      select_edits_(log.db(),
                    "SELECT pos, conv_seq, actor_id, created_at, rev FROM events "
                    "WHERE kind = 2 AND target = ?"),
      update_frame_(log.db(), "UPDATE events SET frame = ?, checksum = ? WHERE pos = ?"),
      insert_hidden_(log.db(), "INSERT OR IGNORE INTO hidden VALUES (?, ?)"),
      insert_flag_(log.db(), "INSERT OR REPLACE INTO flags VALUES (?, ?, ?, ?)"),
      count_reactions_(log.db(),
                       "SELECT count(*) FROM (SELECT 1 FROM reactions "
                       "WHERE message_id = ? LIMIT ?)"),
      insert_reaction_(log.db(), "INSERT OR IGNORE INTO reactions VALUES (?, ?, ?)"),
      delete_reaction_(log.db(),
                       "DELETE FROM reactions WHERE message_id = ? AND emoji = ? "
                       "AND user_id = ?"),
      delete_reactions_(log.db(), "DELETE FROM reactions WHERE message_id = ?") {}

MessageChanges::Row MessageChanges::row_of(MessageId id) {
    auto row = select_message_.query(id);
    if (!row.next()) return {};
    Message message{.id = id};
    message.conv_seq = row.id<ConvSeq>(1);
    message.sender = row.id<UserId>(2);
    message.created_at = WallMs{row.integer(3)};
    message.is_deleted = row.integer(4) != 0;
    message.rev = static_cast<std::uint32_t>(row.integer(5));
    message.client_msg_id = row.string(6);
    message.reply_to = row.id<MessageId>(7);
    message.data = row.is_null(8) ? wire::data_of(row.text(9)) : row.text(8);
    return {std::move(message), row.id<ConversationId>(0)};
}

Result<MessageChanges::Message> MessageChanges::message_for(MessageId id, UserId user) {
    auto [message, conversation] = row_of(id);
    if (!message.id) return no_message();
    auto found = log_.conversation_of(conversation, user);
    if (!found && found.error().code == Errc::kNotFound) return no_message();
    SEWA_TRY(message.conversation, std::move(found));
    return message;
}

Receipt MessageChanges::nothing_stored(Message const& message) const {
    return {.conversation = message.conversation->id, .created_at = log_.now(), .duplicate = true};
}

Result<Receipt> MessageChanges::operator()(EditMessage const& edit) {
    SEWA_TRY(auto const message, message_for(edit.message, edit.user));
    if (message.sender != edit.user) return fail(Errc::kForbidden, "only the sender edits");
    if (message.is_deleted) return no_message();
    // An edit is a way to say something new.
    if (message.conversation->is_blocked) {
        return fail(Errc::kBlocked, "messages in this conversation are blocked");
    }
    auto const current = wire::with_content(message.data, edit.content);
    if (!current) return fail(Errc::kUnavailable, "this message is damaged; see sewa check");
    if (*current == message.data) return nothing_stored(message);

    auto const head = log_.next_head(*message.conversation, edit.user);
    auto const rev = message.rev + 1;
    update_edited_.run(*current, rev, log_.now().value, message.id);
    auto const json = wire::encode_message_updated(head, message.id, edit.content, rev);
    return log_.record(*message.conversation, {.kind = EventKind::kMessageUpdated,
                                               .head = head,
                                               .target = message.id,
                                               .rev = rev,
                                               .json = json});
}

Result<Receipt> MessageChanges::operator()(DeleteMessage const& deletion) {
    SEWA_TRY(auto const message, message_for(deletion.message, deletion.user));
    if (deletion.scope == DeleteScope::kMe) return delete_for_me(message, deletion.user);
    if (message.sender != deletion.user) {
        return fail(Errc::kForbidden, "only the sender deletes for everyone");
    }
    if (message.is_deleted) return nothing_stored(message);
    if (log_.now() - message.created_at > log_.limits().delete_window_ms) {
        return fail(Errc::kEditWindowPassed, "too late to delete this message for everyone");
    }
    return delete_for_all(message, deletion.user);
}

Result<Receipt> MessageChanges::delete_for_me(Message const& message, UserId user) {
    if (insert_hidden_.run(user, message.id) == 0) return nothing_stored(message);
    auto const head = log_.next_personal_head(*message.conversation, user);
    auto const json = wire::encode_message_deleted(head, message.id, DeleteScope::kMe);
    return log_.record(*message.conversation, {.kind = EventKind::kMessageDeleted,
                                               .head = head,
                                               .only_for = user,
                                               .target = message.id,
                                               .json = json});
}

Result<Receipt> MessageChanges::delete_for_all(Message const& message, UserId user) {
    scrub(message);
    scrub_edits(message);
    delete_reactions_.run(message.id);
    attachments_.give_up_all_of(message.id);
    auto const head = log_.next_head(*message.conversation, user);
    auto const json = wire::encode_message_deleted(head, message.id, DeleteScope::kAll);
    return log_.record(
        *message.conversation,
        {.kind = EventKind::kMessageDeleted, .head = head, .target = message.id, .json = json});
}

void MessageChanges::erase(MessageId id) {
    auto [message, conversation] = row_of(id);
    message.conversation = log_.find_conversation(conversation);
    if (message.conversation == nullptr) return;  // The disk fails, and the step is refused.
    if (message.is_deleted) return scrub(message);
    (void)delete_for_all(message, UserId{});
}

void MessageChanges::scrub(Message const& message) {
    auto const json = wire::encode_message({.head = {.conversation = message.conversation->id,
                                                     .conv_seq = message.conv_seq,
                                                     .pos = message.id,
                                                     .by = message.sender,
                                                     .created_at = message.created_at},
                                            .sender = &log_.person(message.sender),
                                            .client_msg_id = message.client_msg_id,
                                            .content = {},
                                            .type = MessageType::kDeleted,
                                            .reply_to = message.reply_to});
    auto const checksum =
        event_checksum(message.id, message.conversation->id, message.conv_seq, json);
    update_deleted_.run(json, MessageType::kDeleted, checksum, message.id);
}

void MessageChanges::scrub_edits(Message const& message) {
    struct Edit {
        wire::EventHead head;
        std::uint32_t rev;
    };
    std::vector<Edit> edits;
    {
        auto rows = select_edits_.query(message.id);
        while (rows.next()) {
            edits.push_back({{.conversation = message.conversation->id,
                              .conv_seq = rows.id<ConvSeq>(1),
                              .pos = rows.id<Pos>(0),
                              .by = rows.id<UserId>(2),
                              .created_at = WallMs{rows.integer(3)}},
                             static_cast<std::uint32_t>(rows.integer(4))});
        }
    }
    for (auto const& [head, rev] : edits) {
        auto const json = wire::encode_message_updated(head, message.id, {}, rev);
        auto const checksum = event_checksum(head.pos, head.conversation, head.conv_seq, json);
        update_frame_.run(json, checksum, head.pos);
    }
}

Result<Receipt> MessageChanges::operator()(FlagMessage const& flag) {
    SEWA_TRY(auto const message, message_for(flag.message, flag.user));
    if (message.is_deleted) return no_message();
    if (message.sender == flag.user) return fail(Errc::kForbidden, "this message is your own");
    insert_flag_.run(message.id, flag.user, flag.reason, log_.now().value);
    return nothing_stored(message);
}

bool MessageChanges::has_all_reactions(MessageId id) {
    return count_reactions_.number(id, kReactionsMax) >= kReactionsMax;
}

Result<Receipt> MessageChanges::operator()(React const& reaction) {
    SEWA_TRY(auto const message, message_for(reaction.message, reaction.user));
    if (message.is_deleted) return no_message();
    if (message.conversation->is_blocked) {
        return fail(Errc::kBlocked, "messages in this conversation are blocked");
    }
    if (reaction.op == ReactionOp::kAdd && has_all_reactions(message.id)) {
        return fail(Errc::kBadRequest, "this message takes no more reactions", "emoji");
    }
    auto& statement = reaction.op == ReactionOp::kAdd ? insert_reaction_ : delete_reaction_;
    if (statement.run(message.id, reaction.emoji, reaction.user) == 0) {
        return nothing_stored(message);
    }
    auto const head = log_.next_head(*message.conversation, reaction.user);
    auto const json = wire::encode_reaction(head, message.id, reaction.emoji, reaction.op);
    return log_.record(
        *message.conversation,
        {.kind = EventKind::kReaction, .head = head, .target = message.id, .json = json});
}

}  // namespace sewa::store::sqlite
