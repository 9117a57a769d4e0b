#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text of peers made fit for a terminal. Any-thread, pure.
namespace sewa::cli {

// One line without anything that a terminal would obey: control characters, C1 codes and overrides
// of the writing direction become visible signs, line ends become "⏎". Joiners stay, because
// Devanagari and emoji need them.
std::string terminal_safe(std::string_view text);

// Columns that a terminal uses for it.
std::size_t display_width(std::string_view text);

// Bytes of the first sign of `text`: a code point and the marks that attach to it.
std::size_t first_sign(std::string_view text);

// Lines of at most `columns`, broken at blanks where there are any. Never empty.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// "14:05" in local time; empty when it is no time.
std::string clock_text(std::string_view iso8601);

}  // namespace sewa::cli
