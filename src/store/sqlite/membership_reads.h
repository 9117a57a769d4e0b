#pragma once

#include "store/read.h"
#include "store/sqlite/database.h"

namespace sewa::store::sqlite {

// What a conversation looks like to one participant, in numbers.
struct Membership {
    ConversationId conversation;
    ConvSeq last_seq;
    ConvSeq floor_seq;
    std::int64_t message_count = 0;
    ConvSeq deleted_before_seq;
    std::int64_t deleted_before_no = 0;
    ConvSeq read_seq;
};

// Who takes part where. Inside a Snapshot of the same connection.
class MembershipReads {
public:
    explicit MembershipReads(Database& db);

    // `not_found` for a stranger (M-12), `not_participant` for one who was removed.
    Result<Membership> membership(UserId user, ConversationId id);
    Result<AudiencePtr> audience(ConversationId id);
    std::vector<UserId> partners(UserId user, std::uint32_t limit);

private:
    Statement select_membership_;
    Statement select_version_;
    Statement select_audience_;
    Statement select_recent_;
};

}  // namespace sewa::store::sqlite
