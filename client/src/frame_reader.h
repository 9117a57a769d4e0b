#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "sewa/events.h"

// Bytes of the server to values. Any-thread, no state. Unknown fields are skipped (E-2); what is
// not JSON or lacks what its type needs is kBadRequest, never a crash.
namespace sewa::client {

struct ConnectionFrame {
    UserId user;
    std::string epoch;
    Pos pos;
    std::string resume;
    std::string reason;
    std::int64_t max_content = 0;
};

struct AckFrame {
    std::string request_id;
    ConversationId conversation;
    MessageId id;
    ConvSeq conv_seq;
    Pos pos;
    std::string created_at;
    bool duplicate = false;
};

struct ErrorFrame {
    std::string request_id;
    bool known_code = true;
    bool retryable = false;
    Error error;
};

struct SyncedFrame {
    Pos pos;
};
struct DrainFrame {
    std::int64_t reconnect_after_ms = 0;
};
struct TokenExpiringFrame {};
struct AuthenticatedFrame {};
struct HeartbeatFrame {
    bool is_answer = false;
};
struct TypingFrame {
    TypingChanged typing;
    std::int64_t expires_in_ms = 0;
};
struct StatusFrame {
    PresenceChanged status;
};
struct StatusSnapshotFrame {
    std::vector<PresenceChanged> users;
};
struct DeliveredFrame {
    DeliveredMoved delivered;
};
struct UnreadFrame {
    UnreadChanged unread;
};
struct UnknownFrame {};

// A change of a conversation. Personal events have no conv_seq; `event` is one of the alternatives
// that carry a conversation.
struct DurableFrame {
    ConversationId conversation;
    ConvSeq conv_seq;
    Pos pos;
    Event event;
};

using Frame =
    std::variant<UnknownFrame, ConnectionFrame, DurableFrame, AckFrame, ErrorFrame, SyncedFrame,
                 DrainFrame, TokenExpiringFrame, AuthenticatedFrame, HeartbeatFrame, TypingFrame,
                 StatusFrame, StatusSnapshotFrame, DeliveredFrame, UnreadFrame>;

struct EventPage {
    std::vector<DurableFrame> events;
    bool has_more = false;
    bool snapshot_required = false;
    ConvSeq last_conv_seq;
};

struct SyncPage {
    std::string epoch;
    Pos pos;
    std::vector<Conversation> conversations;
    std::string next_cursor;
};

struct MessagePage {
    std::vector<Message> messages;  // Ascending.
    bool has_more = false;
};

Result<Frame> read_frame(std::string_view text);
Result<EventPage> read_event_page(std::string_view body);
Result<SyncPage> read_sync_page(std::string_view body);
Result<MessagePage> read_message_page(std::string_view body);
Result<std::vector<Conversation>> read_conversation_list(std::string_view body);
Result<Conversation> read_conversation(std::string_view body);
// The error of a REST answer; a body that is none gives the words of the status.
Error read_http_error(int status, std::string_view body);

// One string or number of a flat object, for small answers; empty or 0 when it is not there.
std::string read_text_field(std::string_view body, std::string_view name);

}  // namespace sewa::client
