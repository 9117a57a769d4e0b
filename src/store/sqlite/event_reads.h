#pragma once

#include <vector>

#include "store/read.h"
#include "store/sqlite/database.h"
#include "store/sqlite/membership_reads.h"

namespace sewa::store::sqlite {

// Frames out of the log: by conversation and by user. Inside a Snapshot of the same
// connection. Neither reads the log of conversations that the user has no part in.
class EventReads {
public:
    explicit EventReads(Database& db, LinkSigner const* links = nullptr);

    EventsPage events(Membership const& membership, ConvSeq after, std::uint32_t limit);
    ResumePage resume(UserId user, Pos after, std::uint32_t limit);

private:
    SharedFrame frame_from(std::string_view stored) const;

    // A conversation, or the personal events, with the next event that was not taken yet.
    struct Source {
        Pos next;
        ConversationId conversation;  // 0: personal.
        ConvSeq conv_seq;
        ConvSeq seq_max;

        // For std::push_heap: the smallest position on top.
        friend bool operator<(Source const& a, Source const& b) { return a.next > b.next; }
    };
    std::vector<Source> sources(UserId user, Pos after);
    // False: nothing (more) to read there.
    bool seek(Source& source, Pos after);
    bool advance(Source& source, UserId user);
    LoggedFrame frame_at(Pos pos);

    LinkSigner const* const links_;
    Statement select_events_;
    Statement select_changed_;
    Statement select_at_or_before_;
    Statement select_next_;
    Statement select_next_personal_;
    Statement select_frame_;
};

}  // namespace sewa::store::sqlite
