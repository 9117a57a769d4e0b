#include "store/sqlite/event_reads.h"

#include <algorithm>

#include "core/assert.h"
#include "wire/attachments.h"

namespace sewa::store::sqlite {

namespace {

// A page waits in memory until its client has taken it.
constexpr std::size_t kPageBytesMax = 512 * 1024;

constexpr char kSelectEvents[] =
    "SELECT pos, conv_seq, frame FROM events WHERE conversation_id = ? AND conv_seq > ? "
    "ORDER BY conv_seq LIMIT ?";

// left_seq bounds what somebody sees who was removed: the removal is the last of it.
constexpr char kSelectChanged[] =
    "SELECT c.id, CASE p.left_seq WHEN 0 THEN c.last_seq ELSE p.left_seq END "
    "FROM participants p JOIN conversations c ON c.id = p.conversation_id "
    "WHERE p.user_id = ? AND c.last_pos > ?";

constexpr char kSelectAtOrBefore[] =
    "SELECT conv_seq, pos FROM events WHERE conversation_id = ? AND conv_seq <= ? "
    "ORDER BY conv_seq DESC LIMIT 1";

constexpr char kSelectNext[] =
    "SELECT conv_seq, pos FROM events WHERE conversation_id = ? AND conv_seq > ? "
    "ORDER BY conv_seq LIMIT 1";

constexpr char kSelectNextPersonal[] =
    "SELECT pos FROM events WHERE only_for = ? AND pos > ? ORDER BY pos LIMIT 1";

}  // namespace

EventReads::EventReads(Database& db, LinkSigner const* links)
    : links_(links),
      select_events_(db, kSelectEvents),
      select_changed_(db, kSelectChanged),
      select_at_or_before_(db, kSelectAtOrBefore),
      select_next_(db, kSelectNext),
      select_next_personal_(db, kSelectNextPersonal),
      select_frame_(db, "SELECT conversation_id, conv_seq, frame FROM events WHERE pos = ?") {}

EventsPage EventReads::events(Membership const& membership, ConvSeq after, std::uint32_t limit) {
    EventsPage page{.last_conv_seq = membership.last_seq};
    if (after < membership.floor_seq) {
        page.snapshot_required = true;
        return page;
    }
    auto const take = std::min<std::uint32_t>(limit, 500);
    auto rows = select_events_.query(membership.conversation, after, take + 1);
    while (rows.next()) {
        if (page.frames.size() == take) {
            page.has_more = true;
            break;
        }
        page.frames.push_back({rows.id<Pos>(0), membership.conversation, rows.id<ConvSeq>(1),
                               frame_from(rows.text(2))});
    }
    return page;
}

ResumePage EventReads::resume(UserId user, Pos after, std::uint32_t limit) {
    ResumePage page;
    auto heap = sources(user, after);
    std::make_heap(heap.begin(), heap.end());
    std::size_t bytes = 0;
    while (!heap.empty()) {
        if (page.frames.size() == limit || bytes >= kPageBytesMax) {
            page.has_more = true;
            return page;
        }
        std::pop_heap(heap.begin(), heap.end());
        page.frames.push_back(frame_at(heap.back().next));
        bytes += page.frames.back().frame.payload().size();
        if (advance(heap.back(), user)) {
            std::push_heap(heap.begin(), heap.end());
        } else {
            heap.pop_back();
        }
    }
    return page;
}

std::vector<EventReads::Source> EventReads::sources(UserId user, Pos after) {
    std::vector<Source> found;
    {
        auto rows = select_changed_.query(user, after);
        while (rows.next()) {
            found.push_back(
                {.conversation = rows.id<ConversationId>(0), .seq_max = rows.id<ConvSeq>(1)});
        }
    }
    std::erase_if(found, [&](Source& source) { return !seek(source, after); });
    Source personal{.next = after};
    if (advance(personal, user)) found.push_back(personal);
    return found;
}

// Positions ascend with conv_seq inside a conversation, so the first missed event is found by
// bisection; steps double from the newest, because a reconnecting client misses little.
bool EventReads::seek(Source& source, Pos after) {
    std::int64_t missed = source.seq_max.value + 1;  // Everything from here on is after `after`.
    std::int64_t known = 0;                          // Nothing up to here is.
    for (std::int64_t step = 1; known + 1 < missed; step *= 2) {
        auto const middle = std::max(known + 1, std::max(missed - step, (known + missed) / 2));
        auto row = select_at_or_before_.query(source.conversation, middle);
        if (row.next() && row.id<Pos>(1) > after) {
            missed = row.integer(0);
        } else {
            known = middle;
        }
    }
    source.conv_seq = {known};
    return advance(source, {});
}

bool EventReads::advance(Source& source, UserId user) {
    if (!source.conversation) {
        auto row = select_next_personal_.query(user, source.next);
        if (!row.next()) return false;
        source.next = row.id<Pos>(0);
        return true;
    }
    auto row = select_next_.query(source.conversation, source.conv_seq);
    if (!row.next() || row.id<ConvSeq>(0) > source.seq_max) return false;
    source.conv_seq = row.id<ConvSeq>(0);
    source.next = row.id<Pos>(1);
    return true;
}

LoggedFrame EventReads::frame_at(Pos pos) {
    auto row = select_frame_.query(pos);
    if (!row.next()) return {pos, {}, {}, SharedFrame::text({})};
    return {pos, row.id<ConversationId>(0), row.id<ConvSeq>(1), frame_from(row.text(2))};
}

SharedFrame EventReads::frame_from(std::string_view stored) const {
    return SharedFrame::text(wire::with_links(stored, links_));
}

}  // namespace sewa::store::sqlite
