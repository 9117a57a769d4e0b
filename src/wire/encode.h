#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model.h"

namespace sewa::wire {

// Appends `text` as a JSON string with quotes. `text` must be valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

// Appends `key` as it is and the number in decimal.
void append_int(std::string& out, std::string_view key, std::int64_t value);

// Appends a person as others may see them, or null for a default-constructed one.
void append_person(std::string& out, Person const& person);

// What every durable frame says about itself. `by` is the one who did it.
struct EventHead {
    ConversationId conversation;
    ConvSeq conv_seq;  // 0: personal, left out of the frame.
    Pos pos;
    UserId by;
    WallMs created_at;
};

struct MessageBody {
    EventHead head;
    Person const* sender = nullptr;
    std::string_view client_msg_id;
    std::string_view content;
    MessageType type = MessageType::kText;
    MessageId reply_to;
    std::string_view attachments_json = "[]";
};

// The durable frames of PROTOCOL sections 2 and 3, complete JSON texts `{"type":…,"data":{…}}`.
std::string encode_message(MessageBody const& body);
std::string encode_message_updated(EventHead const& head, MessageId id, std::string_view content,
                                   std::uint32_t rev);
std::string encode_message_deleted(EventHead const& head, MessageId id, DeleteScope scope);
std::string encode_reaction(EventHead const& head, MessageId id, std::string_view emoji,
                            ReactionOp op);
std::string encode_read(EventHead const& head, ConvSeq up_to);
std::string encode_conversation_change(EventHead const& head, ConversationChange change,
                                       std::string_view title, UserId participant);

// A message's `data` object with another content and text, all else as it was. Nothing when it is
// none that `encode_message` made, as in a damaged row.
std::optional<std::string> with_content(std::string_view data, std::string_view content);

// The JSON string, with quotes, that is the content in a message's `data` object or frame; empty
// in any other.
std::string_view content_json_of(std::string_view data);

// The `data` object inside a frame text that one of the functions above made; `{}` for any other,
// as a damaged row holds, which `sewa check` names.
std::string_view data_of(std::string_view frame);

}  // namespace sewa::wire
