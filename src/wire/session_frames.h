#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/model.h"

namespace sewa::wire {

// The frames that a session sends besides durable events. Each returns a complete JSON text.

enum class ResumeOutcome : std::uint8_t { kFresh, kResumed, kSnapshot };

struct ConnectionFrame {
    UserId user;
    std::string_view connection_id;
    int version = 0;  // 0: base mode.
    std::string_view epoch;
    Pos pos;
    ResumeOutcome resume = ResumeOutcome::kFresh;
    std::string_view reason;  // Empty: null.
    std::int64_t ping_interval_ms = 0;
    std::int64_t token_expires_in_s = 0;
    WallMs server_time;
    std::int64_t frame_bytes_max = 0;
    std::int64_t content_chars_max = 0;
};

struct AckFrame {
    std::string_view request_id;
    ConversationId conversation;
    MessageId id;      // 0: left out; only messages have one.
    ConvSeq conv_seq;  // 0: left out; nothing was stored, or a personal event.
    Pos pos;
    std::string_view client_msg_id;
    WallMs created_at;
    bool duplicate = false;
};

struct StatusEntry {
    UserId user;
    std::string name;
    bool is_online = false;
    WallMs last_seen;  // 0: null.
};

std::string encode_connection(ConnectionFrame const& frame);
// Behind what `out` has: a caller that keeps it needs no memory for the next one.
void append_ack(std::string& out, AckFrame const& frame);
std::string encode_error(std::string_view request_id, Error const& error,
                         std::string_view client_msg_id = {});
std::string encode_typing(ConversationId conversation, UserId user, std::string_view user_name,
                          std::int64_t expires_in_ms);  // 0: the stop.
std::string encode_status(StatusEntry const& entry);
std::string encode_status_snapshot(std::vector<StatusEntry> const& entries);
std::string encode_delivered(ConversationId conversation, UserId user, ConvSeq up_to);
std::string encode_unread(ConversationId conversation, std::uint32_t count, std::uint32_t total);
std::string encode_synced(Pos pos);
std::string encode_drain(std::int64_t reconnect_after_ms);
std::string encode_token_expiring(std::int64_t expires_in_ms);
std::string encode_auth_ok(std::int64_t token_expires_in_s);
std::string encode_heartbeat();
// `data_json` is an object without identity fields.
std::string encode_relay(std::string_view type, ConversationId conversation, UserId user,
                         std::string_view user_name, std::string_view data_json);

}  // namespace sewa::wire
