#include "store/sqlite/message_reads.h"

#include <algorithm>

#include "wire/attachments.h"
#include "wire/encode.h"

namespace sewa::store::sqlite {

namespace {

#define SEWA_MESSAGE_COLUMNS                                                                   \
    "SELECT e.pos, e.conversation_id, e.conv_seq, e.actor_id, e.edited_at, e.rev, e.deleted, " \
    "EXISTS (SELECT 1 FROM hidden h WHERE h.user_id = ?1 AND h.message_id = e.pos), "          \
    "EXISTS (SELECT 1 FROM flags f WHERE f.message_id = e.pos AND f.user_id = ?1), "           \
    "e.current, e.frame, e.created_at FROM events e "

constexpr char kSelectPage[] = SEWA_MESSAGE_COLUMNS
    "WHERE e.conversation_id = ?2 AND e.conv_seq > ?3 AND e.conv_seq < ?4 AND e.kind = 1 "
    "ORDER BY e.conv_seq DESC LIMIT ?5";

constexpr char kSelectAfter[] = SEWA_MESSAGE_COLUMNS
    "WHERE e.conversation_id = ?2 AND e.conv_seq > ?3 AND e.kind = 1 ORDER BY e.conv_seq LIMIT ?4";

constexpr char kSelectOne[] = SEWA_MESSAGE_COLUMNS "WHERE e.pos = ?2 AND e.kind = 1";

#undef SEWA_MESSAGE_COLUMNS

constexpr char kSelectNumber[] =
    "SELECT conv_seq, message_no FROM events WHERE conversation_id = ? AND conv_seq <= ? "
    "ORDER BY conv_seq DESC LIMIT 1";

// M-11, among the newest 2,000 events: somebody who never reads must not cost more every day.
#define SEWA_COUNT_UNREAD(conversation, marker)                               \
    "SELECT count(*) FROM (SELECT pos, kind, actor_id, deleted FROM events "  \
    "WHERE conversation_id = " conversation " AND conv_seq > " marker         \
    " ORDER BY conv_seq DESC LIMIT 2000) e "                                  \
    "WHERE e.kind = 1 AND e.actor_id <> ?1 AND e.deleted = 0 AND NOT EXISTS " \
    "(SELECT 1 FROM hidden h WHERE h.user_id = ?1 AND h.message_id = e.pos)"

constexpr char kCountUnread[] = SEWA_COUNT_UNREAD("?2", "?3");

constexpr char kCountUnreadTotal[] =
    "SELECT ifnull(sum((" SEWA_COUNT_UNREAD("c.id", "max(p.read_seq, p.deleted_before_seq)")
    ")), 0) FROM participants p JOIN conversations c ON c.id = p.conversation_id "
    "WHERE p.user_id = ?1 AND p.left_seq = 0 "
    "AND c.last_message_seq > max(p.read_seq, p.deleted_before_seq)";

#undef SEWA_COUNT_UNREAD

constexpr std::uint32_t kPageMax = 100;

}  // namespace

MessageReads::MessageReads(Database& db, LinkSigner const* links)
    : links_(links),
      select_page_(db, kSelectPage),
      select_after_(db, kSelectAfter),
      select_one_(db, kSelectOne),
      select_number_(db, kSelectNumber),
      select_reactions_(db,
                        "SELECT emoji, user_id FROM reactions WHERE message_id = ? "
                        "ORDER BY emoji, user_id"),
      count_unread_(db, kCountUnread),
      count_unread_total_(db, kCountUnreadTotal) {}

MessagePage MessageReads::page(UserId user, Membership const& membership, PageRequest request) {
    auto const size = std::clamp<std::uint32_t>(request.size, 1, kPageMax);
    auto const number = std::max<std::uint32_t>(request.page, 1);
    auto const count = membership.message_count - membership.deleted_before_no;
    auto const newer = std::int64_t{number - 1} * size;  // Messages on the pages before this one.
    MessagePage page{.count = static_cast<std::uint32_t>(count)};
    if (newer >= count) return page;
    auto const newest_seq = seq_of_message(membership, membership.message_count - newer);
    page.messages = newest(user, membership.conversation,
                           {membership.deleted_before_seq, {newest_seq.value + 1}, size});
    page.has_more = newer + size < count;
    return page;
}

// message_no never falls while conv_seq rises, so it can be bisected in the index.
ConvSeq MessageReads::seq_of_message(Membership const& membership, std::int64_t message_no) {
    if (message_no == membership.message_count) return membership.last_seq;
    std::int64_t below = membership.deleted_before_seq.value;
    std::int64_t found = membership.last_seq.value;
    while (below + 1 < found) {
        auto const middle = below + (found - below) / 2;
        auto row = select_number_.query(membership.conversation, middle);
        if (row.next() && row.integer(1) >= message_no) {
            found = row.integer(0);
        } else {
            below = middle;
        }
    }
    return {found};
}

MessagePage MessageReads::before(UserId user, Membership const& membership, ConvSeq before,
                                 std::uint32_t limit) {
    auto const size = std::clamp<std::uint32_t>(limit, 1, kPageMax);
    auto const end = before ? before : ConvSeq{kIdMax};
    MessagePage page;
    page.messages =
        newest(user, membership.conversation, {membership.deleted_before_seq, end, size + 1});
    page.has_more = page.messages.size() > size;
    if (page.has_more) page.messages.erase(page.messages.begin());
    return page;
}

MessagePage MessageReads::after(UserId user, Membership const& membership, ConvSeq after,
                                std::uint32_t limit) {
    auto const size = std::clamp<std::uint32_t>(limit, 1, kPageMax);
    auto const begin = std::max(after, membership.deleted_before_seq);
    MessagePage page;
    {
        auto rows = select_after_.query(user, membership.conversation, begin, size + 1);
        while (rows.next()) page.messages.push_back(view(rows));
    }
    page.has_more = page.messages.size() > size;
    if (page.has_more) page.messages.pop_back();
    for (auto& view : page.messages) add_reactions(view);
    return page;
}

std::vector<MessageView> MessageReads::newest(UserId user, ConversationId conversation,
                                              Range range) {
    std::vector<MessageView> views;
    views.reserve(range.limit);
    {
        auto rows = select_page_.query(user, conversation, range.after, range.before, range.limit);
        while (rows.next()) views.push_back(view(rows));
    }
    std::reverse(views.begin(), views.end());
    for (auto& view : views) add_reactions(view);
    return views;
}

std::optional<MessageView> MessageReads::find(UserId user, MessageId id) {
    std::optional<MessageView> found;
    {
        auto row = select_one_.query(user, id);
        if (row.next()) found = view(row);
    }
    if (found) add_reactions(*found);
    return found;
}

MessageView MessageReads::view(Rows const& row) {
    MessageView view{.id = row.id<MessageId>(0),
                     .conversation = row.id<ConversationId>(1),
                     .conv_seq = row.id<ConvSeq>(2),
                     .sender = row.id<UserId>(3),
                     .created_at = WallMs{row.integer(11)},
                     .rev = static_cast<std::uint32_t>(row.integer(5)),
                     .is_deleted = row.integer(6) != 0,
                     .is_deleted_for_user = row.integer(7) != 0,
                     .is_flagged = row.integer(8) != 0};
    if (!row.is_null(4)) view.edited_at = WallMs{row.integer(4)};
    view.data =
        wire::with_links(row.is_null(9) ? wire::data_of(row.text(10)) : row.text(9), links_);
    return view;
}

void MessageReads::add_reactions(MessageView& view) {
    auto rows = select_reactions_.query(view.id);
    while (rows.next()) {
        auto const emoji = rows.text(0);
        if (view.reactions.empty() || view.reactions.back().emoji != emoji) {
            view.reactions.push_back({.emoji = std::string(emoji)});
        }
        view.reactions.back().users.push_back(rows.id<UserId>(1));
    }
}

std::uint32_t MessageReads::unread(UserId user, Membership const& membership) {
    auto const after = std::max(membership.read_seq, membership.deleted_before_seq);
    return static_cast<std::uint32_t>(count_unread_.number(user, membership.conversation, after));
}

std::uint32_t MessageReads::unread_total(UserId user) {
    return static_cast<std::uint32_t>(count_unread_total_.number(user));
}

}  // namespace sewa::store::sqlite
