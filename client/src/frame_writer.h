#pragma once

#include <string>
#include <string_view>

#include "core/id.h"

// Values to the bytes that the server reads. Any-thread, no state.
namespace sewa::client {

// A JSON string literal with its quotes. Bytes that are not UTF-8 become U+FFFD, because the server
// would end the connection for them (1007).
std::string json_string(std::string_view text);

std::string write_message(std::string_view key, ConversationId conversation,
                          std::string_view content, MessageId reply_to);
std::string write_edit(std::string_view request_id, MessageId id, std::string_view content);
std::string write_delete(std::string_view request_id, MessageId id, bool for_everyone);
std::string write_reaction(std::string_view request_id, MessageId id, std::string_view emoji,
                           bool add);
std::string write_read(std::string_view request_id, ConversationId conversation, ConvSeq up_to);
std::string write_delivered(ConversationId conversation, ConvSeq up_to);
std::string write_typing(ConversationId conversation, bool is_typing);
std::string write_heartbeat();
std::string write_auth(std::string_view token);

}  // namespace sewa::client
