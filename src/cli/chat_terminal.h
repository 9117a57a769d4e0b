#pragma once

#include <termios.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace sewa::cli {

// The terminal in raw mode on its second screen; put back by the destructor. Main thread.
class RawTerminal {
public:
    RawTerminal();
    ~RawTerminal();
    RawTerminal(RawTerminal const&) = delete;
    RawTerminal& operator=(RawTerminal const&) = delete;

    struct Size {
        std::size_t width = 80;
        std::size_t height = 24;
    };
    static Size size();
    static bool is_there();  // Standard input and output are a terminal.

private:
    termios before_{};
};

// Reads standard input on a thread of its own, because a file cannot be waited for by epoll. Calls
// `bytes` there, with an empty text at the end of the input. The destructor ends the thread.
class InputReader {
public:
    explicit InputReader(std::function<void(std::string)> bytes);
    ~InputReader();

private:
    void read_all();

    std::function<void(std::string)> bytes_;
    int wake_[2] = {-1, -1};
    std::thread thread_;
};

// Everything, in spite of interrupted and partial writes.
void write_out(std::string_view bytes);

}  // namespace sewa::cli
