#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::cli {

// What a typed line asks for. Pure.
struct ChatCommand {
    enum class Kind : std::uint8_t {
        kNothing,
        kSay,
        kHistory,
        kConversations,
        kJoin,
        kEdit,
        kDelete,
        kReact,
        kWho,
        kHelp,
        kQuit,
    };
    Kind kind = Kind::kNothing;
    std::int64_t number = 0;
    std::string text;
};

// A line that begins with '/' is a command, with "//" a message that begins with '/'.
Result<ChatCommand> parse_chat_command(std::string_view line);

extern char const* const kChatHelp;

}  // namespace sewa::cli
