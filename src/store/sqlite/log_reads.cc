#include "store/sqlite/log_reads.h"

#include <algorithm>

#include "store/sqlite/retention.h"

namespace sewa::store::sqlite {

LogReads::LogReads(Database& db, MembershipReads& members)
    : db_(db),
      members_(members),
      select_events_(db,
                     "SELECT pos, conversation_id, frame FROM events WHERE pos > ? "
                     "AND only_for IS NULL ORDER BY pos LIMIT ?"),
      select_cursor_(db, "SELECT value FROM meta WHERE key = 'webhook_cursor'") {}

Result<LogPage> LogReads::after(Pos after, std::uint32_t limit) {
    LogPage page;
    std::vector<ConversationId> conversations;
    {
        auto rows = select_events_.query(after, limit);
        while (rows.next()) {
            page.entries.push_back({rows.id<Pos>(0), SharedFrame::text(rows.text(2)), {}});
            conversations.push_back(rows.id<ConversationId>(1));
        }
    }
    for (std::size_t i = 0; i < conversations.size(); ++i) {
        auto const audience = members_.audience(conversations[i]);
        if (audience) page.entries[i].participants = (*audience)->participants;
    }
    SEWA_TRY(auto const state, read_log_state(db_));
    bool const is_full = page.entries.size() == limit;
    page.read_at = is_full ? page.entries.back().pos : std::max(state.head, after);
    return page;
}

std::optional<Pos> LogReads::webhook_cursor() {
    auto row = select_cursor_.query();
    if (!row.next()) return std::nullopt;
    return row.id<Pos>(0);
}

}  // namespace sewa::store::sqlite
