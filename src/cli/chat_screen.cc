#include "cli/chat_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cli/chat_text.h"

namespace sewa::cli {
namespace {

constexpr std::size_t kOwnRows = 3;  // Title, status, input.

void append_wrapped(std::vector<std::string>& rows, std::string_view text, std::size_t width) {
    auto lines = wrapped(text, width);
    std::move(lines.begin(), lines.end(), std::back_inserter(rows));
}

std::vector<std::string> body(ChatScreenState const& state, std::size_t width) {
    std::vector<std::string> rows;
    for (auto const& [number, message] : state.timeline.messages()) {
        append_wrapped(rows, state.timeline.line(message), width);
    }
    for (auto const& pending : state.timeline.pending()) {
        append_wrapped(rows, ChatTimeline::line(pending), width);
    }
    for (auto const& notice : state.notices) append_wrapped(rows, notice, width);
    return rows;
}

std::string fitting(std::string_view text, std::size_t width) {
    auto const lines = wrapped(text, width);
    return lines.size() > 1 && width > 1 ? wrapped(text, width - 1).front() + "…" : lines.front();
}

std::string status(ChatScreenState const& state) {
    if (!state.connection.empty()) return "-- " + state.connection;
    auto const typing = state.timeline.typing_line();
    return typing.empty() ? std::string() : "-- " + typing;
}

// The part of the input around the cursor that has room.
void put_input(ChatScreenState const& state, std::size_t width, ChatScreen& screen) {
    auto const before = std::string_view(state.input).substr(0, state.cursor);
    std::size_t start = 0;
    auto const room = width > 4 ? width - 3 : 1;
    while (display_width(before.substr(start)) > room) {
        start += first_sign(before.substr(start));
    }
    auto visible = std::string_view(state.input).substr(start);
    std::string shown;
    while (!visible.empty()) {
        auto const sign = visible.substr(0, first_sign(visible));
        if (display_width(shown) + display_width(sign) > room) break;
        shown += sign;
        visible.remove_prefix(sign.size());
    }
    screen.rows.push_back("> " + shown);
    screen.cursor_row = screen.rows.size() - 1;
    screen.cursor_column = 2 + display_width(before.substr(start));
}

}  // namespace

ChatScreen render(ChatScreenState const& state, std::size_t width, std::size_t height) {
    width = std::max<std::size_t>(width, 10);
    height = std::max<std::size_t>(height, kOwnRows + 1);
    auto const room = height - kOwnRows;
    auto const presence = state.timeline.presence_line();
    ChatScreen screen;
    screen.rows.push_back(
        fitting(state.timeline.title() + (presence.empty() ? "" : " · " + presence), width));
    auto const rows = body(state, width);
    auto const above = rows.size() > room ? rows.size() - room : 0;
    auto const scrolled = std::min(above, static_cast<std::size_t>(state.pages_up) * (room - 1));
    auto const first = above - scrolled;
    auto const last = std::min(rows.size(), first + room);
    screen.rows.insert(screen.rows.end(), room - (last - first), "");
    screen.rows.insert(screen.rows.end(), rows.begin() + static_cast<std::ptrdiff_t>(first),
                       rows.begin() + static_cast<std::ptrdiff_t>(last));
    screen.rows.push_back(fitting(status(state), width));
    put_input(state, width, screen);
    return screen;
}

std::string terminal_bytes(ChatScreen const& screen) {
    std::string out = "\x1b[?25l\x1b[H";
    for (std::size_t row = 0; row < screen.rows.size(); ++row) {
        auto const* look = row == 0 ? "\x1b[7m" : row + 2 == screen.rows.size() ? "\x1b[2m" : "";
        out += fmt::format("{}{}\x1b[K\x1b[0m", look, screen.rows[row]);
        if (row + 1 < screen.rows.size()) out += "\r\n";
    }
    out += fmt::format("\x1b[{};{}H\x1b[?25h", screen.cursor_row + 1, screen.cursor_column + 1);
    return out;
}

}  // namespace sewa::cli
