#include "store/sqlite/conversation_reads.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace sewa::store::sqlite {

namespace {

constexpr std::uint32_t kPageMax = 100;
constexpr std::int64_t kParticipantsShown = 20;

// ?2 archived, ?3 is_active or NULL. Answered from participants_list and one row for each
// conversation: who has ten thousand of them opens this list, too.
#define SEWA_SELECT_LIST                                                           \
    "SELECT c.id, c.activity_pos "                                                 \
    "FROM participants p JOIN conversations c ON c.id = p.conversation_id "        \
    "WHERE p.user_id = ?1 AND p.left_seq = 0 AND (?2 IS NULL OR p.archived = ?2) " \
    "AND (p.deleted_before_seq = 0 OR c.last_message_seq > p.deleted_before_seq) " \
    "AND (?3 IS NULL OR (c.closed = 0) = ?3) "

constexpr char kSelectList[] = SEWA_SELECT_LIST;

// ?4 has_unread or NULL, ?5 search or ''. Names are searched where few people take part: a list of
// thousands is no help to whoever looks for a person.
constexpr char kSelectFiltered[] = SEWA_SELECT_LIST R"(
      AND (?4 IS NULL OR ?4 = EXISTS (
            SELECT 1 FROM (
              SELECT pos, kind, actor_id, deleted FROM events
              WHERE conversation_id = c.id
                AND conv_seq > max(p.read_seq, p.deleted_before_seq)
              ORDER BY conv_seq DESC LIMIT 2000) e
            WHERE e.kind = 1 AND e.actor_id <> ?1 AND e.deleted = 0
              AND NOT EXISTS (SELECT 1 FROM hidden h
                              WHERE h.user_id = ?1 AND h.message_id = e.pos)))
      AND (?5 = '' OR instr(lower(c.title), lower(?5))
           OR instr((SELECT lower(s.title) FROM services s WHERE s.id = c.service_id), lower(?5))
           OR (c.participant_count <= 100 AND EXISTS (
                 SELECT 1 FROM participants q JOIN people n ON n.id = q.user_id
                 WHERE q.conversation_id = c.id AND q.user_id <> ?1 AND q.left_seq = 0
                   AND instr(lower(n.name || ' ' || n.first_name || ' ' || n.last_name),
                             lower(?5))))
           OR instr((SELECT lower(ifnull(json_extract(e.current, '$.content'),
                                         json_extract(e.frame, '$.data.content')))
                     FROM events e WHERE e.pos = c.last_message_pos
                       AND c.last_message_seq > p.deleted_before_seq), lower(?5))))";

#undef SEWA_SELECT_LIST

constexpr char kSelectMembership[] =
    "SELECT c.last_seq, c.floor_seq, c.message_count, p.deleted_before_seq, p.deleted_before_no, "
    "p.read_seq FROM participants p JOIN conversations c ON c.id = p.conversation_id "
    "WHERE p.conversation_id = ? AND p.user_id = ?";

constexpr char kSelectRow[] =
    "SELECT kind, title, service_id, provider_id, customer_id, created_at, updated_at, last_seq, "
    "closed, blocked, participant_count, last_message_pos, last_message_seq "
    "FROM conversations WHERE id = ?";

#define SEWA_PARTICIPANT_COLUMNS                                                         \
    "SELECT p.user_id, p.read_seq, p.delivered_seq, n.name, n.first_name, n.last_name, " \
    "n.avatar, n.role, p.archived, p.pinned, p.muted "                                   \
    "FROM participants p LEFT JOIN people n ON n.id = p.user_id "

constexpr char kSelectOwn[] =
    SEWA_PARTICIPANT_COLUMNS "WHERE p.conversation_id = ? AND p.user_id = ?";
constexpr char kSelectOthers[] = SEWA_PARTICIPANT_COLUMNS
    "WHERE p.conversation_id = ? AND p.user_id <> ? AND p.left_seq = 0 ORDER BY p.user_id LIMIT ?";

#undef SEWA_PARTICIPANT_COLUMNS

constexpr char kSelectPerson[] =
    "SELECT name, first_name, last_name, avatar, role, last_seen FROM people WHERE id = ?";

Person person_from(Rows const& row, UserId id, int column) {
    return {.id = id,
            .name = row.string(column),
            .first_name = row.string(column + 1),
            .last_name = row.string(column + 2),
            .avatar = row.string(column + 3),
            .role = static_cast<Role>(row.integer(column + 4))};
}

Service service_from(Rows const& row) {
    return {.id = row.id<ServiceId>(0),
            .provider = row.id<UserId>(1),
            .title = row.string(2),
            .category = row.string(3),
            .slug = row.string(4),
            .price = row.string(5)};
}

}  // namespace

ConversationReads::ConversationReads(Database& db, MessageReads& messages)
    : messages_(messages),
      select_list_(db, kSelectList),
      select_filtered_(db, kSelectFiltered),
      select_membership_(db, kSelectMembership),
      select_row_(db, kSelectRow),
      select_own_(db, kSelectOwn),
      select_others_(db, kSelectOthers),
      select_people_(db,
                     "SELECT p.user_id, n.name, n.first_name, n.last_name, n.avatar, n.role "
                     "FROM participants p LEFT JOIN people n ON n.id = p.user_id "
                     "WHERE p.conversation_id = ? AND p.left_seq = 0 "
                     "ORDER BY p.user_id LIMIT ? OFFSET ?"),
      select_archived_(db,
                       "SELECT archived FROM participants "
                       "WHERE conversation_id = ? AND user_id = ?"),
      select_service_(db,
                      "SELECT id, provider_id, title, category, slug, price FROM services "
                      "WHERE id = ?"),
      select_services_(db,
                       "SELECT id, provider_id, title, category, slug, price FROM services "
                       "ORDER BY id LIMIT ?"),
      select_person_(db, kSelectPerson) {}

ConversationPage ConversationReads::list(UserId user, ConversationFilter const& filter,
                                         PageRequest request) {
    ConversationPage page;
    for (auto const& membership : select_page(user, filter, request, page.count)) {
        page.conversations.push_back(view(user, membership));
    }
    return page;
}

std::vector<Membership> ConversationReads::select_page(UserId user,
                                                       ConversationFilter const& filter,
                                                       PageRequest request, std::uint32_t& count) {
    auto const size = std::clamp<std::uint32_t>(request.size, 1, kPageMax);
    auto const first = std::uint64_t{std::max<std::uint32_t>(request.page, 1) - 1} * size;
    // Sorted here and looked up by page: SQLite's sorter would carry every row of every page.
    std::vector<std::pair<std::int64_t, ConversationId>> all;
    {
        bool const is_plain = !filter.has_unread && filter.search.empty();
        auto rows = is_plain ? select_list_.query(user, filter.archived, filter.is_active)
                             : select_filtered_.query(user, filter.archived, filter.is_active,
                                                      filter.has_unread, filter.search);
        while (rows.next()) all.emplace_back(rows.integer(1), rows.id<ConversationId>(0));
    }
    count = static_cast<std::uint32_t>(all.size());
    std::vector<Membership> found;
    if (first >= all.size()) return found;
    auto const end = std::min<std::uint64_t>(first + size, all.size());
    auto const page_end = all.begin() + static_cast<std::ptrdiff_t>(end);
    std::partial_sort(all.begin(), page_end, all.end(), std::greater<>());
    for (auto i = first; i < end; ++i) found.push_back(membership_of(user, all[i].second));
    return found;
}

Membership ConversationReads::membership_of(UserId user, ConversationId id) {
    Membership membership{.conversation = id};
    auto row = select_membership_.query(id, user);
    if (!row.next()) return membership;
    membership.last_seq = row.id<ConvSeq>(0);
    membership.floor_seq = row.id<ConvSeq>(1);
    membership.message_count = row.integer(2);
    membership.deleted_before_seq = row.id<ConvSeq>(3);
    membership.deleted_before_no = row.integer(4);
    membership.read_seq = row.id<ConvSeq>(5);
    return membership;
}

ConversationView ConversationReads::view(UserId user, Membership const& membership) {
    ConversationView view{.id = membership.conversation};
    add_row(view, membership.conversation);
    add_participants(view, user);
    add_archived(view);
    view.unread_count = messages_.unread(user, membership);
    auto newest = messages_.before(user, membership, {}, 1);
    if (!newest.messages.empty()) view.last_message = std::move(newest.messages.back());
    return view;
}

void ConversationReads::add_row(ConversationView& view, ConversationId id) {
    ServiceId service_id;
    {
        auto row = select_row_.query(id);
        if (!row.next()) return;
        view.kind = static_cast<ConversationKind>(row.integer(0));
        view.title = row.string(1);
        service_id = row.id<ServiceId>(2);
        view.provider = row.id<UserId>(3);
        view.customer = row.id<UserId>(4);
        view.created_at = WallMs{row.integer(5)};
        view.updated_at = WallMs{row.integer(6)};
        view.last_conv_seq = row.id<ConvSeq>(7);
        view.is_active = row.integer(8) == 0;
        view.is_blocked = row.integer(9) != 0;
        view.participant_count = static_cast<std::uint32_t>(row.integer(10));
    }
    if (service_id) view.service = service(service_id);
}

void ConversationReads::add_participants(ConversationView& view, UserId user) {
    {
        auto own = select_own_.query(view.id, user);
        if (own.next()) {
            add_participant(view, own);
            view.is_archived = own.integer(8) != 0;
            view.is_pinned = own.integer(9) != 0;
            view.is_muted = own.integer(10) != 0;
        }
    }
    auto others = select_others_.query(view.id, user, kParticipantsShown - 1);
    while (others.next()) add_participant(view, others);
}

PersonPage ConversationReads::participants(ConversationId id, PageRequest request) {
    PersonPage page;
    if (auto row = select_row_.query(id); row.next()) {
        page.count = static_cast<std::uint32_t>(row.integer(10));
    }
    auto const size = std::clamp<std::uint32_t>(request.size, 1, kPageMax);
    auto const first = std::int64_t{std::max<std::uint32_t>(request.page, 1) - 1} * size;
    auto rows = select_people_.query(id, size, first);
    while (rows.next()) page.people.push_back(person_from(rows, rows.id<UserId>(0), 1));
    return page;
}

void ConversationReads::add_participant(ConversationView& view, Rows const& row) {
    auto const id = row.id<UserId>(0);
    view.markers.push_back({id, row.id<ConvSeq>(1), row.id<ConvSeq>(2)});
    view.participants.push_back(person_from(row, id, 3));
}

void ConversationReads::add_archived(ConversationView& view) {
    auto const is_archived = [&](UserId user) {
        return select_archived_.number(view.id, user) != 0;
    };
    view.provider_archived = view.provider && is_archived(view.provider);
    view.customer_archived = view.customer && is_archived(view.customer);
}

std::vector<Marker> ConversationReads::markers(ConversationId id) {
    std::vector<Marker> found;
    auto rows = select_others_.query(id, UserId{}, kParticipantsShown);
    while (rows.next()) {
        found.push_back({rows.id<UserId>(0), rows.id<ConvSeq>(1), rows.id<ConvSeq>(2)});
    }
    return found;
}

std::optional<Service> ConversationReads::service(ServiceId id) {
    auto row = select_service_.query(id);
    if (!row.next()) return std::nullopt;
    return service_from(row);
}

std::vector<Service> ConversationReads::services(std::uint32_t limit) {
    std::vector<Service> found;
    auto rows = select_services_.query(limit);
    while (rows.next()) found.push_back(service_from(rows));
    return found;
}

std::optional<Presence> ConversationReads::presence(UserId id) {
    auto row = select_person_.query(id);
    if (!row.next()) return std::nullopt;
    Presence presence{.person = person_from(row, id, 0)};
    if (!row.is_null(5)) presence.last_seen = WallMs{row.integer(5)};
    return presence;
}

}  // namespace sewa::store::sqlite
