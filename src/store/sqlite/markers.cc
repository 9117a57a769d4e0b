#include "store/sqlite/markers.h"

#include <algorithm>

namespace sewa::store::sqlite {

Markers::Markers(LogWriter& log)
    : log_(log),
      update_read_(log.db(),
                   "UPDATE participants SET read_seq = ?1, delivered_seq = max(delivered_seq, ?1) "
                   "WHERE conversation_id = ?2 AND user_id = ?3 AND read_seq < ?1"),
      update_delivered_(log.db(),
                        "UPDATE participants SET delivered_seq = ?1 "
                        "WHERE conversation_id = ?2 AND user_id = ?3 "
                        "AND delivered_seq < ?1") {}

Result<Receipt> Markers::operator()(MarkRead const& mark) {
    SEWA_TRY(auto* const conversation, log_.conversation_of(mark.conversation, mark.user));
    auto const up_to = std::min(mark.up_to, conversation->last_seq);
    if (update_read_.run(up_to, mark.conversation, mark.user) == 0) {
        return Receipt{
            .conversation = mark.conversation, .created_at = log_.now(), .duplicate = true};
    }
    auto const head = log_.next_head(*conversation, mark.user);
    auto const json = wire::encode_read(head, up_to);
    return log_.record(*conversation, {.kind = EventKind::kRead, .head = head, .json = json});
}

Result<Receipt> Markers::operator()(MarkDelivered const& mark) {
    SEWA_TRY(auto* const conversation, log_.conversation_of(mark.conversation, mark.user));
    auto const up_to = std::min(mark.up_to, conversation->last_seq);
    bool const has_moved = update_delivered_.run(up_to, mark.conversation, mark.user) != 0;
    return Receipt{
        .conversation = mark.conversation, .created_at = log_.now(), .duplicate = !has_moved};
}

}  // namespace sewa::store::sqlite
