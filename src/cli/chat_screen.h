#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "cli/chat_timeline.h"

namespace sewa::cli {

// What a full terminal shows. Pure: state in, rows out, so that a test can read it.
struct ChatScreenState {
    ChatTimeline const& timeline;
    std::string connection;           // "connection lost, trying again in 3 s"; empty when live.
    std::deque<std::string> notices;  // Answers to commands; the newest last.
    std::string input;
    std::size_t cursor = 0;  // In bytes of `input`.
    int pages_up = 0;
};

struct ChatScreen {
    std::vector<std::string> rows;  // Exactly `height`.
    std::size_t cursor_row = 0;     // From 0.
    std::size_t cursor_column = 0;
};

ChatScreen render(ChatScreenState const& state, std::size_t width, std::size_t height);

// The bytes that put it on a terminal.
std::string terminal_bytes(ChatScreen const& screen);

}  // namespace sewa::cli
