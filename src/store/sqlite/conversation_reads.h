#pragma once

#include <vector>

#include "store/read.h"
#include "store/sqlite/database.h"
#include "store/sqlite/message_reads.h"

namespace sewa::store::sqlite {

// Conversations as one participant sees them. Inside a Snapshot of the same connection. Listing
// looks at every conversation of the user, not at their messages.
class ConversationReads {
public:
    ConversationReads(Database& db, MessageReads& messages);

    ConversationPage list(UserId user, ConversationFilter const& filter, PageRequest request);
    ConversationView view(UserId user, Membership const& membership);

    PersonPage participants(ConversationId id, PageRequest request);
    std::optional<Presence> presence(UserId id);
    std::vector<Marker> markers(ConversationId id);
    std::vector<Service> services(std::uint32_t limit);

private:
    std::vector<Membership> select_page(UserId user, ConversationFilter const& filter,
                                        PageRequest request, std::uint32_t& count);
    Membership membership_of(UserId user, ConversationId id);
    void add_row(ConversationView& view, ConversationId id);
    void add_participants(ConversationView& view, UserId user);
    void add_participant(ConversationView& view, Rows const& row);
    void add_archived(ConversationView& view);
    std::optional<Service> service(ServiceId id);

    MessageReads& messages_;
    Statement select_list_;
    Statement select_filtered_;
    Statement select_membership_;
    Statement select_row_;
    Statement select_own_;
    Statement select_others_;
    Statement select_people_;
    Statement select_archived_;
    Statement select_service_;
    Statement select_services_;
    Statement select_person_;
};

}  // namespace sewa::store::sqlite
