#include "cli/chat_terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sewa::cli {

RawTerminal::RawTerminal() {
    tcgetattr(STDIN_FILENO, &before_);
    termios raw = before_;
    raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON | ISTRIP | BRKINT);
    raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    write_out("\x1b[?1049h\x1b[2J");
}

RawTerminal::~RawTerminal() {
    write_out("\x1b[?25h\x1b[?1049l");
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
}

RawTerminal::Size RawTerminal::size() {
    winsize window{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) != 0 || window.ws_col == 0) return {};
    return {window.ws_col, window.ws_row};
}

bool RawTerminal::is_there() {
    return isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
}

InputReader::InputReader(std::function<void(std::string)> bytes) : bytes_(std::move(bytes)) {
    if (pipe(wake_) == 0) thread_ = std::thread([this] { read_all(); });
}

InputReader::~InputReader() {
    close(wake_[1]);
    if (thread_.joinable()) thread_.join();
    close(wake_[0]);
}

void InputReader::read_all() {
    char buffer[4096];
    for (;;) {
        pollfd waits[2] = {{STDIN_FILENO, POLLIN, 0}, {wake_[0], POLLIN, 0}};
        if (poll(waits, 2, -1) < 0 && errno != EINTR) return;
        if (waits[1].revents != 0) return;
        if (waits[0].revents == 0) continue;
        auto const count = read(STDIN_FILENO, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        bytes_(count > 0 ? std::string(buffer, static_cast<std::size_t>(count)) : std::string());
        if (count <= 0) return;
    }
}

void write_out(std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR && errno != EAGAIN) return;
        if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

}  // namespace sewa::cli
