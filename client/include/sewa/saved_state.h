#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/result.h"

namespace sewa::client {

// One thing that the server must do and answer.
struct Request {
    enum class Kind : std::uint8_t { kMessage, kEdit, kDelete, kReaction, kRead };

    Kind kind = Kind::kMessage;
    std::string key;  // The request id; of a message also its client_msg_id.
    ConversationId conversation;
    MessageId message;  // What is edited, deleted or reacted to; of a message: what it replies to.
    std::string content;  // Text, or the emoji.
    bool flag = false;    // Delete for everyone; add (not remove) the reaction.
    ConvSeq up_to;
};

// What a program stores to survive its own crash: with it a new ClientCore goes on where the old
// one stopped, and repeats under the same keys what was not answered.
struct SavedState {
    std::string epoch;
    Pos pos;
    std::map<ConversationId, ConvSeq> applied;
    std::vector<Request> requests;
};

std::string to_json(SavedState const& state);
Result<SavedState> saved_state_from_json(std::string_view text);

}  // namespace sewa::client
