#include "store/sqlite/conversation_changes.h"

#include <algorithm>

namespace sewa::store::sqlite {

namespace {

using enum ConversationChange;

constexpr char kUpdateDeleted[] =
    "UPDATE participants SET deleted_before_seq = ?1, deleted_before_no = ?2 "
    "WHERE conversation_id = ?3 AND user_id = ?4 AND deleted_before_seq < ?1";

// Somebody who comes back keeps their markers.
constexpr char kJoin[] =
    "INSERT INTO participants (conversation_id, user_id) VALUES (?, ?) "
    "ON CONFLICT (conversation_id, user_id) DO UPDATE SET left_seq = 0";

AudiencePtr with(Audience const& audience, UserId user, std::uint64_t version) {
    auto changed = std::make_shared<Audience>(audience);
    changed->version = version;
    auto& users = changed->participants;
    users.insert(std::lower_bound(users.begin(), users.end(), user), user);
    return changed;
}

AudiencePtr without(Audience const& audience, UserId user) {
    auto changed = std::make_shared<Audience>(audience);
    changed->version += 1;
    std::erase(changed->participants, user);
    return changed;
}

}  // namespace

ConversationChanges::ConversationChanges(LogWriter& log)
    : log_(log),
      update_archived_(log.db(),
                       "UPDATE participants SET archived = ?1 WHERE conversation_id = ?2 "
                       "AND user_id = ?3 AND archived <> ?1"),
      update_pinned_(log.db(),
                     "UPDATE participants SET pinned = ?1 WHERE conversation_id = ?2 "
                     "AND user_id = ?3 AND pinned <> ?1"),
      update_muted_(log.db(),
                    "UPDATE participants SET muted = ?1 WHERE conversation_id = ?2 "
                    "AND user_id = ?3 AND muted <> ?1"),
      update_deleted_(log.db(), kUpdateDeleted),
      update_closed_(log.db(), "UPDATE conversations SET closed = ? WHERE id = ?"),
      update_blocked_(log.db(), "UPDATE conversations SET blocked = ? WHERE id = ?"),
      update_title_(log.db(), "UPDATE conversations SET title = ?1 WHERE id = ?2 AND title <> ?1"),
      update_audience_(log.db(),
                       "UPDATE conversations SET audience_version = ?, "
                       "participant_count = ? WHERE id = ?"),
      join_(log.db(), kJoin),
      leave_(log.db(),
             "UPDATE participants SET left_seq = ? "
             "WHERE conversation_id = ? AND user_id = ?") {}

Result<Receipt> ConversationChanges::operator()(ChangeConversation const& change) {
    if (is_personal(change.change) || change.user) {
        SEWA_CHECK(log_.conversation_of(change.conversation, change.user));
    }
    auto* const conversation = log_.find_conversation(change.conversation);
    if (conversation == nullptr) return fail(Errc::kNotFound, "no such conversation");
    switch (change.change) {
        case kCreated:
            return fail(Errc::kBadRequest, "a conversation is created once", "change");
        case kClosed:
        case kReopened:
        case kBlocked:
        case kUnblocked:
            return change_state(*conversation, change);
        case kRenamed:
            return rename(*conversation, change);
        case kParticipantAdded:
            return add(*conversation, change);
        case kParticipantRemoved:
            return remove(*conversation, change);
        default:
            return change_own(*conversation, change);
    }
}

Result<Receipt> ConversationChanges::change_state(Conversation& conversation,
                                                  ChangeConversation const& change) {
    bool const concerns_closing = change.change == kClosed || change.change == kReopened;
    bool const wanted = change.change == kClosed || change.change == kBlocked;
    bool& flag = concerns_closing ? conversation.is_closed : conversation.is_blocked;
    if (flag == wanted) return nothing_stored(conversation);
    log_.touch(conversation);
    flag = wanted;
    (concerns_closing ? update_closed_ : update_blocked_).run(wanted, conversation.id);
    return record(conversation, change);
}

Result<Receipt> ConversationChanges::rename(Conversation& conversation,
                                            ChangeConversation const& change) {
    if (conversation.kind != ConversationKind::kGroup) {
        return fail(Errc::kBadRequest, "only groups have a title", "title");
    }
    if (change.title.empty()) return fail(Errc::kBadRequest, "a title is missing", "title");
    if (update_title_.run(change.title, conversation.id) == 0) return nothing_stored(conversation);
    return record(conversation, change);
}

Result<Receipt> ConversationChanges::add(Conversation& conversation,
                                         ChangeConversation const& change) {
    auto const& audience = *conversation.audience;
    if (conversation.kind != ConversationKind::kGroup || !change.participant) {
        return fail(Errc::kBadRequest, "only groups take in participants", "participant_id");
    }
    if (audience.contains(change.participant)) return nothing_stored(conversation);
    if (audience.participants.size() >= log_.limits().group_participants_max) {
        return fail(Errc::kBadRequest, "the group is full", "participant_id");
    }
    join_.run(conversation.id, change.participant);
    store_audience(conversation, with(audience, change.participant, audience.version + 1));
    return record(conversation, change);
}

Result<Receipt> ConversationChanges::remove(Conversation& conversation,
                                            ChangeConversation const& change) {
    auto const& audience = *conversation.audience;
    if (conversation.kind != ConversationKind::kGroup) {
        return fail(Errc::kBadRequest, "only groups let participants go", "participant_id");
    }
    if (!audience.contains(change.participant)) return nothing_stored(conversation);
    auto const removal = conversation.last_seq.value + 1;
    leave_.run(removal, conversation.id, change.participant);
    store_audience(conversation, without(audience, change.participant));
    // The one who leaves is told so, and nothing after that.
    return record(conversation, change, change.participant);
}

void ConversationChanges::store_audience(Conversation& conversation, AudiencePtr audience) {
    update_audience_.run(static_cast<std::int64_t>(audience->version),
                         static_cast<std::int64_t>(audience->participants.size()), conversation.id);
    log_.set_audience(conversation, std::move(audience));
}

Result<Receipt> ConversationChanges::change_own(Conversation& conversation,
                                                ChangeConversation const& change) {
    if (update_own(conversation, change) == 0) return nothing_stored(conversation);
    return record(conversation, change);
}

std::int64_t ConversationChanges::update_own(Conversation const& conversation,
                                             ChangeConversation const& change) {
    auto const set = [&](Statement& statement, bool value) {
        return statement.run(value, conversation.id, change.user);
    };
    switch (change.change) {
        case kArchived:
            return set(update_archived_, true);
        case kUnarchived:
            return set(update_archived_, false);
        case kPinned:
            return set(update_pinned_, true);
        case kUnpinned:
            return set(update_pinned_, false);
        case kMuted:
            return set(update_muted_, true);
        case kUnmuted:
            return set(update_muted_, false);
        default:
            return update_deleted_.run(conversation.last_seq, conversation.message_count,
                                       conversation.id, change.user);
    }
}

Receipt ConversationChanges::record(Conversation& conversation, ChangeConversation const& change,
                                    UserId also_for) {
    bool const is_own = is_personal(change.change);
    auto const head = is_own ? log_.next_personal_head(conversation, change.user)
                             : log_.next_head(conversation, change.user);
    bool const concerns_one =
        change.change == kParticipantAdded || change.change == kParticipantRemoved;
    bool const has_title = change.change == kRenamed;
    auto const json = wire::encode_conversation_change(
        head, change.change, has_title ? change.title : std::string_view{},
        concerns_one ? change.participant : UserId{});
    return log_.record(conversation, {.kind = EventKind::kConversation,
                                      .head = head,
                                      .only_for = is_own ? change.user : UserId{},
                                      .json = json,
                                      .also_for = also_for});
}

Receipt ConversationChanges::nothing_stored(Conversation const& conversation) const {
    return {.conversation = conversation.id, .created_at = log_.now(), .duplicate = true};
}

}  // namespace sewa::store::sqlite
