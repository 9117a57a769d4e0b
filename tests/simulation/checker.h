#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ledger_of_sends.h"
#include "screen.h"
#include "store/read.h"
#include "trace.h"

namespace sewa::simulation {

// What the store holds at the end, read event by event, and whether everybody was told the truth.
// Knows what was sent, what was acknowledged and what the screens show; nothing of the server.
class Checker {
public:
    Checker(Trace& trace, store::Reader& reader, LedgerOfSends const& sends)
        : trace_(trace), reader_(reader), sends_(sends) {}

    // Reads a conversation as one of its participants.
    void read(UserId user, ConversationId conversation);

    void check_sends();
    void check_unread(UserId user);
    struct Viewer {
        std::string name;
        UserId user;
        Screen const& screen;
        std::map<ConversationId, ConvSeq> applied;
    };
    void check_screen(Viewer const& viewer);

private:
    struct Message {
        ConvSeq seq;
        UserId sender;
        std::string key;
        std::string content;
        bool is_deleted = false;
        std::set<std::pair<std::string, UserId>> reactions;
    };
    struct Truth {
        ConvSeq last;
        std::map<MessageId, Message> messages;
        std::map<UserId, ConvSeq> read;
        std::set<UserId> members;
        std::set<UserId> left_once;  // Of them nobody is told the marker again.
    };

    void apply(Truth& truth, ConversationId id, std::string_view frame, ConvSeq seq, Pos pos);
    void check_stored(Truth const& truth, ConversationId id);
    void compare(Viewer const& viewer, ConversationId id, Truth const& truth);
    void compare_line(Viewer const& viewer, MessageId id, Message const& stored,
                      Screen::Line const* shown);

    Trace& trace_;
    store::Reader& reader_;
    LedgerOfSends const& sends_;
    std::map<ConversationId, Truth> truths_;
    std::map<std::pair<ConversationId, std::string>, MessageId> by_key_;
};

}  // namespace sewa::simulation
