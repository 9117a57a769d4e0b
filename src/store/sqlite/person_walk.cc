#include "store/sqlite/person_walk.h"

namespace sewa::store::sqlite {

PersonWalk::PersonWalk(Database& db)
    : select_conversation_(db,
                           "SELECT conversation_id FROM participants WHERE user_id = ? "
                           "AND conversation_id >= ? ORDER BY conversation_id LIMIT 1"),
      select_events_(db,
                     "SELECT pos, conv_seq, kind, actor_id FROM events WHERE conversation_id = ? "
                     "AND conv_seq > ? ORDER BY conv_seq LIMIT ?") {}

PersonWalk::Step PersonWalk::step(UserId user, ErasePerson::From from) {
    auto const conversation = conversation_at_least(user, from.conversation);
    if (!conversation) return {};
    if (*conversation != from.conversation) from = {*conversation, {}};
    Step step;
    int seen = 0;
    auto rows = select_events_.query(from.conversation, from.conv_seq, kEventsPerStep);
    while (step.messages.size() < kMessagesPerStep && rows.next()) {
        ++seen;
        from.conv_seq = rows.id<ConvSeq>(1);
        bool const is_message = rows.integer(2) == static_cast<int>(EventKind::kMessage);
        if (is_message && rows.id<UserId>(3) == user) step.messages.push_back(rows.id<Pos>(0));
    }
    bool const has_more = seen == kEventsPerStep || step.messages.size() == kMessagesPerStep;
    step.next = has_more ? from : ErasePerson::From{{from.conversation.value + 1}, {}};
    if (!has_more && !conversation_at_least(user, step.next.conversation)) step.next = {};
    return step;
}

std::optional<ConversationId> PersonWalk::conversation_at_least(UserId user, ConversationId id) {
    auto row = select_conversation_.query(user, id);
    if (!row.next()) return std::nullopt;
    return row.id<ConversationId>(0);
}

}  // namespace sewa::store::sqlite
