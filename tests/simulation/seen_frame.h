#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/id.h"

namespace sewa::simulation {

// A frame of the server as the checker reads it: by its own eyes, not by the client library's.
struct SeenFrame {
    std::string type;
    std::string request_id;
    ConversationId conversation;
    ConvSeq conv_seq;
    Pos pos;
    MessageId id;  // Of the message it speaks of.
    UserId user;   // Who did it.
    UserId participant;
    ConvSeq up_to;
    std::string key;
    std::string content;
    std::string word;  // change, emoji, resume, epoch or code: whatever the type has.
    std::string epoch;
    bool flag = false;  // op is add; scope is all; is_deleted.
    bool duplicate = false;
    bool is_durable = false;
};

SeenFrame read_seen(std::string_view text);

}  // namespace sewa::simulation
