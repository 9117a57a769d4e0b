#pragma once

#include <optional>
#include <vector>

#include "store/read.h"
#include "store/sqlite/database.h"
#include "store/sqlite/membership_reads.h"

namespace sewa::store::sqlite {

// History pages, single messages and unread counts. Inside a Snapshot of the same connection. The
// cost of a page grows with the page and the logarithm of the conversation.
class MessageReads {
public:
    explicit MessageReads(Database& db, LinkSigner const* links = nullptr);

    MessagePage page(UserId user, Membership const& membership, PageRequest request);
    MessagePage before(UserId user, Membership const& membership, ConvSeq before,
                       std::uint32_t limit);
    MessagePage after(UserId user, Membership const& membership, ConvSeq after,
                      std::uint32_t limit);
    std::optional<MessageView> find(UserId user, MessageId id);
    std::uint32_t unread(UserId user, Membership const& membership);
    std::uint32_t unread_total(UserId user);

private:
    struct Range {
        ConvSeq after;
        ConvSeq before;
        std::uint32_t limit;
    };
    std::vector<MessageView> newest(UserId user, ConversationId conversation, Range range);
    ConvSeq seq_of_message(Membership const& membership, std::int64_t message_no);
    MessageView view(Rows const& row);
    void add_reactions(MessageView& view);

    LinkSigner const* const links_;
    Statement select_page_;
    Statement select_after_;
    Statement select_one_;
    Statement select_number_;
    Statement select_reactions_;
    Statement count_unread_;
    Statement count_unread_total_;
};

}  // namespace sewa::store::sqlite
