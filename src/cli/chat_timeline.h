#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sewa/events.h"

namespace sewa::cli {

// The one conversation that a terminal chat shows: its messages, what is being sent, who is there.
// Pure. Holds at most `kLinesMax` messages; the oldest leave.
class ChatTimeline {
public:
    static constexpr std::size_t kLinesMax = 5'000;

    struct Pending {
        std::string key;
        std::string content;
        client::SendState state;
        std::string reason;
    };

    void open(UserId me, client::Conversation const& conversation);
    void forget_messages();  // Another epoch: the numbers mean nothing now.

    // True when it was not there yet.
    bool add(client::Message const& message);
    // Plain lines that say what has changed, none when nothing is to be told; for pipes.
    std::vector<std::string> apply(client::Event const& event);

    ConversationId conversation() const { return conversation_; }
    std::string title() const;
    std::map<ConvSeq, client::Message> const& messages() const { return messages_; }
    std::deque<Pending> const& pending() const { return pending_; }
    client::Message const* find(ConvSeq number) const;
    ConvSeq oldest() const;
    ConvSeq newest() const { return newest_; }

    // "14:05 Asha: namaste  #12 ✓"; everything from peers is terminal_safe.
    std::string line(client::Message const& message) const;
    static std::string line(Pending const& pending);
    std::string typing_line() const;  // "Bikash is typing…", or empty.
    std::string presence_line() const;
    std::vector<std::string> who() const;
    bool is_read(ConvSeq number) const;

private:
    std::vector<std::string> on(client::MessageAdded const& added);
    std::vector<std::string> on(client::MessageUpdated const& updated);
    std::vector<std::string> on(client::MessageDeleted const& deleted);
    std::vector<std::string> on(client::ReactionChanged const& changed);
    std::vector<std::string> on(client::ReadMoved const& moved);
    std::vector<std::string> on(client::TypingChanged const& changed);
    std::vector<std::string> on(client::PresenceChanged const& changed);
    std::vector<std::string> on(client::ConversationChanged const& changed);
    std::vector<std::string> on(client::SendProgress const& progress);
    template <typename Other>
    std::vector<std::string> on(Other const&) {
        return {};
    }

    client::Message* find_id(MessageId id);
    std::string name_of(UserId user) const;
    std::string presence_of(client::Person const& person) const;

    UserId me_;
    ConversationId conversation_;
    std::string title_;
    std::vector<client::Person> participants_;
    std::map<ConvSeq, client::Message> messages_;
    std::deque<Pending> pending_;
    std::map<UserId, ConvSeq> read_;
    std::map<UserId, std::string> typists_;
    std::map<UserId, client::PresenceChanged> presence_;
    ConvSeq newest_;
};

}  // namespace sewa::cli
