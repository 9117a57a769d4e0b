#include "store/sqlite/membership_reads.h"

#include <unordered_set>

namespace sewa::store::sqlite {

namespace {

constexpr char kSelectMembership[] =
    "SELECT p.left_seq, c.last_seq, c.floor_seq, c.message_count, p.deleted_before_seq, "
    "p.deleted_before_no, p.read_seq "
    "FROM participants p JOIN conversations c ON c.id = p.conversation_id "
    "WHERE p.conversation_id = ? AND p.user_id = ?";

constexpr char kSelectRecent[] =
    "SELECT c.id FROM participants p JOIN conversations c ON c.id = p.conversation_id "
    "WHERE p.user_id = ? AND p.left_seq = 0 ORDER BY c.activity_pos DESC";

}  // namespace

MembershipReads::MembershipReads(Database& db)
    : select_membership_(db, kSelectMembership),
      select_version_(db, "SELECT audience_version FROM conversations WHERE id = ?"),
      select_audience_(db,
                       "SELECT user_id FROM participants "
                       "WHERE conversation_id = ? AND left_seq = 0 ORDER BY user_id"),
      select_recent_(db, kSelectRecent) {}

Result<Membership> MembershipReads::membership(UserId user, ConversationId id) {
    auto row = select_membership_.query(id, user);
    if (!row.next()) return fail(Errc::kNotFound, "no such conversation");
    if (row.integer(0) != 0) {
        return fail(Errc::kNotParticipant, "you no longer take part in this conversation");
    }
    return Membership{.conversation = id,
                      .last_seq = row.id<ConvSeq>(1),
                      .floor_seq = row.id<ConvSeq>(2),
                      .message_count = row.integer(3),
                      .deleted_before_seq = row.id<ConvSeq>(4),
                      .deleted_before_no = row.integer(5),
                      .read_seq = row.id<ConvSeq>(6)};
}

Result<AudiencePtr> MembershipReads::audience(ConversationId id) {
    auto audience = std::make_shared<Audience>();
    audience->conversation = id;
    {
        auto row = select_version_.query(id);
        if (!row.next()) return fail(Errc::kNotFound, "no such conversation");
        audience->version = static_cast<std::uint64_t>(row.integer(0));
    }
    auto rows = select_audience_.query(id);
    while (rows.next()) audience->participants.push_back(rows.id<UserId>(0));
    return audience;
}

std::vector<UserId> MembershipReads::partners(UserId user, std::uint32_t limit) {
    std::vector<UserId> found;
    std::unordered_set<UserId> seen{user};
    auto conversations = select_recent_.query(user);
    while (found.size() < limit && conversations.next()) {
        auto rows = select_audience_.query(conversations.integer(0));
        while (found.size() < limit && rows.next()) {
            auto const partner = rows.id<UserId>(0);
            if (seen.insert(partner).second) found.push_back(partner);
        }
    }
    return found;
}

}  // namespace sewa::store::sqlite
