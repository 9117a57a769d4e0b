#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/id.h"

// What an application sees of the conversations: plain values, owned by who holds them. Frames are
// PROTOCOL.md's; a field that is absent there is zero or empty here.
namespace sewa::client {

struct Person {
    UserId id;
    std::string name;
    std::string full_name;
    std::string role;
};

struct Reaction {
    std::string emoji;
    std::vector<UserId> users;
};

struct Message {
    MessageId id;
    ConversationId conversation;
    ConvSeq conv_seq;
    Pos pos;
    std::string client_msg_id;
    std::string content;
    std::string message_type = "text";
    Person sender;
    MessageId reply_to;
    std::string created_at;
    std::string edited_at;
    bool deleted = false;
    std::vector<Reaction> reactions;
};

struct ReadMarker {
    UserId user;
    ConvSeq read_up_to;
    ConvSeq delivered_up_to;
};

struct Conversation {
    ConversationId id;
    std::string kind;
    std::string title;
    std::vector<Person> participants;
    ConvSeq last_conv_seq;
    std::int64_t unread_count = 0;
    std::string last_message_preview;
    std::string last_message_at;
    bool is_active = true;
    std::vector<ReadMarker> read_markers;
    std::vector<Message>
        latest_messages;  // Ascending. Filled by snapshots and by one conversation.
};

enum class LinkState : std::uint8_t {
    kIdle,        // not started
    kConnecting,  // token or socket under way
    kResuming,    // socket is open; missed events are on their way
    kLive,        // everything that was missed is here
    kWaiting,     // the next attempt starts in `delay_ms`
    kStopped,     // no further attempt; `reason` says why
};

enum class StopReason : std::uint8_t {
    kNone,
    kByUser,
    kTokenInvalid,    // 4001 again after a fresh token, or the provider refused
    kClosedByServer,  // 1000 or 4500–4999; `close_code` says which
    kRefused,         // the handshake was answered with a lasting refusal
};

struct ConnectionChanged {
    LinkState state = LinkState::kIdle;
    StopReason reason = StopReason::kNone;
    std::int64_t delay_ms = 0;
    std::uint16_t close_code = 0;
};

// Replaces everything known: the conversations with their newest messages. Comes first on a fresh
// start and whenever a resume was not possible.
struct Snapshot {
    bool epoch_changed = false;  // Message ids and positions of before mean nothing now.
    std::vector<Conversation> conversations;
};

// One for each message, whatever repeats on the wire. `own`: posted by this user.
struct MessageAdded {
    Message message;
    bool own = false;
};

struct MessageUpdated {
    ConversationId conversation;
    ConvSeq conv_seq;
    MessageId id;
    UserId user;
    std::string content;
    std::string edited_at;
};

struct MessageDeleted {
    ConversationId conversation;
    ConvSeq conv_seq;  // None when it was deleted for this user only.
    MessageId id;
    UserId user;
    bool for_everyone = true;
};

struct ReactionChanged {
    ConversationId conversation;
    ConvSeq conv_seq;
    MessageId message;
    UserId user;
    std::string emoji;
    bool added = true;
};

struct ReadMoved {
    ConversationId conversation;
    UserId user;
    ConvSeq up_to;
};

struct DeliveredMoved {
    ConversationId conversation;
    UserId user;
    ConvSeq up_to;
};

struct ConversationChanged {
    ConversationId conversation;
    UserId user;
    std::string
        change;  // "created", "renamed", "archived", …; "discovered": first seen by an event.
    std::string title;
    UserId participant;
};

struct TypingChanged {
    ConversationId conversation;
    UserId user;
    std::string user_name;
    bool is_typing = false;
};

struct PresenceChanged {
    UserId user;
    std::string user_name;
    bool is_online = false;
    std::string last_seen;
};

struct UnreadChanged {
    ConversationId conversation;
    std::int64_t count = 0;
    std::int64_t total = 0;
};

enum class SendState : std::uint8_t {
    kQueued,
    kSending,
    kUnknown,  // The connection ended before the answer; it is repeated with the same key.
    kSent,
    kFailed,
};

// What became of a send, an edit, a delete, a reaction or a read marker; `key` is what the call
// returned: the client_msg_id of a message, the request id of anything else.
struct SendProgress {
    std::string key;
    ConversationId conversation;
    SendState state = SendState::kQueued;
    bool is_message = true;
    std::string content;
    MessageId id;
    ConvSeq conv_seq;
    bool duplicate = false;
    Error error;  // Meaningful with kFailed.
};

using Event =
    std::variant<ConnectionChanged, Snapshot, MessageAdded, MessageUpdated, MessageDeleted,
                 ReactionChanged, ReadMoved, DeliveredMoved, ConversationChanged, TypingChanged,
                 PresenceChanged, UnreadChanged, SendProgress>;

}  // namespace sewa::client
