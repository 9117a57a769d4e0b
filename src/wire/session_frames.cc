#include "wire/session_frames.h"

#include <fmt/format.h>

#include <iterator>

#include "core/time_text.h"
#include "wire/encode.h"

namespace sewa::wire {

namespace {

std::string in_quotes(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string or_null(std::string_view text) {
    return text.empty() ? "null" : in_quotes(text);
}

std::string_view to_text(ResumeOutcome outcome) {
    switch (outcome) {
        case ResumeOutcome::kFresh:
            return "fresh";
        case ResumeOutcome::kResumed:
            return "resumed";
        case ResumeOutcome::kSnapshot:
            return "snapshot";
    }
    return "fresh";
}

void append_id(std::string& out, std::string_view request_id) {
    if (request_id.empty()) return;
    out += R"(,"id":)";
    append_json_string(out, request_id);
}

void append_status(std::string& out, StatusEntry const& entry) {
    fmt::format_to(std::back_inserter(out),
                   R"({{"user_id":{},"user_name":{},"is_online":{},"last_seen":{}}})",
                   entry.user.value, in_quotes(entry.name), entry.is_online,
                   entry.last_seen.value == 0 ? "null" : in_quotes(to_iso8601(entry.last_seen)));
}

}  // namespace

std::string encode_connection(ConnectionFrame const& frame) {
    return fmt::format(
        R"({{"type":"connection","data":{{"status":"connected","user_id":{},"connection_id":{},)"
        R"("v":{},)"
        R"("epoch":{},"pos":{},"resume":"{}","reason":{},"ping_interval_ms":{},)"
        R"("token_expires_in":{},)"
        R"("server_time":"{}","limits":{{"max_frame":{},"max_content":{}}}}}}})",
        frame.user.value, in_quotes(frame.connection_id), frame.version, in_quotes(frame.epoch),
        frame.pos.value, to_text(frame.resume), or_null(frame.reason), frame.ping_interval_ms,
        frame.token_expires_in_s, to_iso8601(frame.server_time), frame.frame_bytes_max,
        frame.content_chars_max);
}

void append_ack(std::string& out, AckFrame const& frame) {
    out += R"({"type":"ack")";
    append_id(out, frame.request_id);
    append_int(out, R"(,"data":{"conversation_id":)", frame.conversation.value);
    if (frame.id) append_int(out, R"(,"id":)", frame.id.value);
    if (frame.conv_seq) append_int(out, R"(,"conv_seq":)", frame.conv_seq.value);
    if (frame.pos) append_int(out, R"(,"pos":)", frame.pos.value);
    if (frame.id) {
        out += R"(,"client_msg_id":)";
        frame.client_msg_id.empty() ? void(out += "null")
                                    : append_json_string(out, frame.client_msg_id);
    }
    if (frame.created_at.value != 0) {
        out += R"(,"created_at":")";
        append_iso8601(out, frame.created_at);
        out += '"';
    }
    out += frame.duplicate ? R"(,"duplicate":true}})" : R"(,"duplicate":false}})";
}

std::string encode_error(std::string_view request_id, Error const& error,
                         std::string_view client_msg_id) {
    auto const about = info(error.code);
    std::string out = R"({"type":"error")";
    append_id(out, request_id);
    fmt::format_to(std::back_inserter(out), R"(,"data":{{"code":"{}","message":{},"retryable":{})",
                   about.code, in_quotes(error.message), about.retryable);
    if (error.retry_after_ms != 0) {
        fmt::format_to(std::back_inserter(out), R"(,"retry_after_ms":{})", error.retry_after_ms);
    }
    if (!error.field.empty()) out += R"(,"field":)" + in_quotes(error.field);
    if (!client_msg_id.empty()) out += R"(,"client_msg_id":)" + in_quotes(client_msg_id);
    out += "}}";
    return out;
}

std::string encode_typing(ConversationId conversation, UserId user, std::string_view user_name,
                          std::int64_t expires_in_ms) {
    return fmt::format(
        R"({{"type":"typing","data":{{"conversation_id":{},"user_id":{},"user_name":{},)"
        R"("is_typing":{},"expires_in_ms":{}}}}})",
        conversation.value, user.value, in_quotes(user_name), expires_in_ms > 0, expires_in_ms);
}

std::string encode_status(StatusEntry const& entry) {
    std::string out = R"({"type":"status","data":)";
    append_status(out, entry);
    out += '}';
    return out;
}

std::string encode_status_snapshot(std::vector<StatusEntry> const& entries) {
    std::string out = R"({"type":"status_snapshot","data":{"users":[)";
    for (auto const& entry : entries) {
        if (out.back() != '[') out += ',';
        append_status(out, entry);
    }
    out += "]}}";
    return out;
}

std::string encode_delivered(ConversationId conversation, UserId user, ConvSeq up_to) {
    return fmt::format(
        R"({{"type":"delivered","data":{{"conversation_id":{},"user_id":{},"up_to":{}}}}})",
        conversation.value, user.value, up_to.value);
}

std::string encode_unread(ConversationId conversation, std::uint32_t count, std::uint32_t total) {
    return fmt::format(
        R"({{"type":"unread","data":{{"conversation_id":{},"count":{},"total":{}}}}})",
        conversation.value, count, total);
}

std::string encode_synced(Pos pos) {
    return fmt::format(R"({{"type":"synced","data":{{"pos":{}}}}})", pos.value);
}

std::string encode_drain(std::int64_t reconnect_after_ms) {
    return fmt::format(R"({{"type":"drain","data":{{"reconnect_after_ms":{}}}}})",
                       reconnect_after_ms);
}

std::string encode_token_expiring(std::int64_t expires_in_ms) {
    return fmt::format(R"({{"type":"token_expiring","data":{{"expires_in_ms":{}}}}})",
                       expires_in_ms);
}

std::string encode_auth_ok(std::int64_t token_expires_in_s) {
    return fmt::format(R"({{"type":"auth","data":{{"status":"ok","token_expires_in":{}}}}})",
                       token_expires_in_s);
}

std::string encode_heartbeat() {
    return R"({"type":"heartbeat","data":{"status":"pong"}})";
}

std::string encode_relay(std::string_view type, ConversationId conversation, UserId user,
                         std::string_view user_name, std::string_view data_json) {
    auto out =
        fmt::format(R"({{"type":"{}","data":{{"conversation_id":{},"user_id":{},"user_name":{},)"
                    R"("sender":{{"id":{},"name":{}}})",
                    type, conversation.value, user.value, in_quotes(user_name), user.value,
                    in_quotes(user_name));
    auto const rest = data_json.substr(1);
    if (rest != "}") out += ',';
    out += rest;
    out += '}';
    return out;
}

}  // namespace sewa::wire
