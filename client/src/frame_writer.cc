#include "frame_writer.h"

#include <fmt/format.h>

#include "sewa/utf8.h"

namespace sewa::client {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (char const c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
}

std::string frame(std::string_view type, std::string_view request_id, std::string_view data) {
    if (request_id.empty()) return fmt::format(R"({{"type":"{}","data":{{{}}}}})", type, data);
    return fmt::format(R"({{"type":"{}","id":{},"data":{{{}}}}})", type, json_string(request_id),
                       data);
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    append_escaped(out, valid_utf8(text));
    return out += '"';
}

std::string write_message(std::string_view key, ConversationId conversation,
                          std::string_view content, MessageId reply_to) {
    auto data = fmt::format(R"("conversation_id":{},"content":{},"client_msg_id":{})",
                            conversation.value, json_string(content), json_string(key));
    if (reply_to) data += fmt::format(R"(,"reply_to":{})", reply_to.value);
    return frame("message", key, data);
}

std::string write_edit(std::string_view request_id, MessageId id, std::string_view content) {
    return frame("message_updated", request_id,
                 fmt::format(R"("id":{},"content":{})", id.value, json_string(content)));
}

std::string write_delete(std::string_view request_id, MessageId id, bool for_everyone) {
    return frame("message_deleted", request_id,
                 fmt::format(R"("id":{},"scope":"{}")", id.value, for_everyone ? "all" : "me"));
}

std::string write_reaction(std::string_view request_id, MessageId id, std::string_view emoji,
                           bool add) {
    return frame("reaction", request_id,
                 fmt::format(R"("message_id":{},"emoji":{},"op":"{}")", id.value,
                             json_string(emoji), add ? "add" : "remove"));
}

std::string write_read(std::string_view request_id, ConversationId conversation, ConvSeq up_to) {
    return frame(
        "read", request_id,
        fmt::format(R"("conversation_id":{},"up_to":{})", conversation.value, up_to.value));
}

std::string write_delivered(ConversationId conversation, ConvSeq up_to) {
    return frame(
        "delivered", {},
        fmt::format(R"("conversation_id":{},"up_to":{})", conversation.value, up_to.value));
}

std::string write_typing(ConversationId conversation, bool is_typing) {
    return frame(
        "typing", {},
        fmt::format(R"("conversation_id":{},"is_typing":{})", conversation.value, is_typing));
}

std::string write_heartbeat() {
    return frame("heartbeat", {}, R"("status":"ping")");
}

std::string write_auth(std::string_view token) {
    return frame("auth", {}, fmt::format(R"("token":{})", json_string(token)));
}

}  // namespace sewa::client
