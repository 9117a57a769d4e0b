#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "ledger_of_sends.h"
#include "sewa/events.h"
#include "trace.h"

namespace sewa::simulation {

// What one person sees: the application events of a client core, applied as a plain application
// would. Complains when an event says what no screen may show.
class Screen {
public:
    struct Line {
        ConvSeq seq;
        UserId sender;
        std::string content;
        bool is_deleted = false;
        std::set<std::pair<std::string, UserId>> reactions;
    };
    struct Conversation {
        std::map<MessageId, Line> lines;
        ConvSeq newest;         // Of the events that say where they belong.
        bool is_whole = false;  // All messages are here, not only the newest.
        std::map<UserId, ConvSeq> read;
    };

    Screen(Trace& trace, LedgerOfSends const& sends, std::string name, UserId user)
        : trace_(&trace), sends_(&sends), name_(std::move(name)), user_(user) {}

    void show(client::Event const& event);
    // Who types and who is there is not stored.
    void forget_signs() {
        typists_.clear();
        online_.clear();
    }

    std::map<ConversationId, Conversation> const& conversations() const { return conversations_; }
    std::set<std::pair<ConversationId, UserId>> const& typists() const { return typists_; }
    std::set<UserId> const& online() const { return online_; }

private:
    void on(client::Snapshot const& snapshot);
    void on(client::MessageAdded const& added);
    void on(client::MessageUpdated const& updated);
    void on(client::MessageDeleted const& deleted);
    void on(client::ReactionChanged const& changed);
    void on(client::ReadMoved const& moved);
    void on(client::TypingChanged const& changed);
    void on(client::PresenceChanged const& changed);
    void on(client::ConversationChanged const& changed);
    template <typename Other>
    void on(Other const&) {}

    void add(Conversation& conversation, client::Message const& message);
    void check_content(client::Message const& message);
    bool in_order(ConversationId id, ConvSeq seq, char const* what);

    Trace* trace_;
    LedgerOfSends const* sends_;
    std::string name_;
    UserId user_;
    std::map<ConversationId, Conversation> conversations_;
    std::set<std::pair<ConversationId, UserId>> typists_;
    std::set<UserId> online_;
};

}  // namespace sewa::simulation
