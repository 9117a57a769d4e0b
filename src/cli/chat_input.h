#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sewa::cli {

// One line being typed on a terminal in raw mode. Pure: bytes in, what they mean out. Works on
// whole signs, so that a backspace takes a letter with its vowel mark. At most `kBytesMax` bytes;
// what is typed beyond is left out.
class LineEditor {
public:
    static constexpr std::size_t kBytesMax = 20'000;

    struct Typed {};  // The text has changed.
    struct Moved {};  // Only the cursor has.
    struct Submitted {
        std::string line;
    };
    struct Scrolled {
        int pages;  // Up is positive.
    };
    struct Left {};  // Ctrl-C, or Ctrl-D on an empty line.
    using Outcome = std::variant<Typed, Moved, Submitted, Scrolled, Left>;

    // Bytes of an unfinished sign or key wait for the next call.
    std::vector<Outcome> feed(std::string_view bytes);

    std::string const& text() const { return text_; }
    std::size_t cursor() const { return cursor_; }  // In bytes.

private:
    std::size_t take_key(std::vector<Outcome>& out);
    std::size_t take_escape(std::vector<Outcome>& out);
    void control(unsigned char key, std::vector<Outcome>& out);
    void named(std::string_view key, std::vector<Outcome>& out);
    void insert(std::string_view sign);
    void erase(std::size_t from, std::size_t to);
    void replace(std::string text);
    std::size_t left() const;
    std::size_t right() const;
    std::size_t word_start() const;

    std::string pending_;
    std::string text_;
    std::size_t cursor_ = 0;
    std::string last_line_;
    std::string draft_;  // What was typed before the last line was called back.
};

}  // namespace sewa::cli
