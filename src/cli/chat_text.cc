#include "cli/chat_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "core/time_text.h"
#include "sewa/utf8.h"

namespace sewa::cli {
namespace {

using client::first_code_point;

struct Range {
    char32_t first;
    char32_t last;
};

constexpr std::array kWithoutWidth{
    Range{0x300, 0x36F},   Range{0x900, 0x902},    Range{0x93A, 0x93A},   Range{0x93C, 0x93C},
    Range{0x941, 0x948},   Range{0x94D, 0x94D},    Range{0x951, 0x957},   Range{0x962, 0x963},
    Range{0x200B, 0x200D}, Range{0x2060, 0x2060},  Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
    Range{0xFE20, 0xFE2F}, Range{0x1F3FB, 0x1F3FF}};

constexpr std::array kWide{
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0xA4CF},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
    Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

// Overrides and isolates of the writing direction, and the separators that some terminals break at.
constexpr std::array kMisleading{Range{0x200E, 0x200F}, Range{0x2028, 0x202E},
                                 Range{0x2066, 0x2069}, Range{0xFEFF, 0xFEFF}};

template <std::size_t Size>
bool contains(std::array<Range, Size> const& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [c](Range range) { return c >= range.first && c <= range.last; });
}

std::string visible(char32_t c) {
    if (c == '\n') return "⏎";
    if (c == '\t') return " ";
    // The block of control pictures begins at U+2400.
    if (c < 0x20) return fmt::format("\xE2\x90{}", static_cast<char>(0x80 + c));
    return "·";
}

}  // namespace

std::string terminal_safe(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto const point = first_code_point(text);
        auto const c = point.value;
        bool const is_control = c < 0x20 || (c >= 0x7F && c <= 0x9F) || contains(kMisleading, c);
        if (!point.valid)
            out += "\xEF\xBF\xBD";
        else if (is_control)
            out += visible(c);
        else
            out += text.substr(0, point.bytes);
        text.remove_prefix(point.bytes);
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        auto const point = first_code_point(text);
        if (contains(kWide, point.value))
            width += 2;
        else if (!contains(kWithoutWidth, point.value))
            width += 1;
        text.remove_prefix(point.bytes);
    }
    return width;
}

std::size_t first_sign(std::string_view text) {
    if (text.empty()) return 0;
    auto bytes = first_code_point(text).bytes;
    while (bytes < text.size()) {
        auto const next = first_code_point(text.substr(bytes));
        if (!contains(kWithoutWidth, next.value)) break;
        bytes += next.bytes;
    }
    return bytes;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    columns = std::max<std::size_t>(columns, 4);
    std::vector<std::string> lines(1);
    std::size_t used = 0;
    while (!text.empty()) {
        auto const end = std::min(text.find(' ', 1), text.size());
        auto word = text.substr(0, end);
        text.remove_prefix(end);
        if (used > 0 && used + display_width(word) > columns) {
            lines.emplace_back();
            used = 0;
            if (word.starts_with(' ')) word.remove_prefix(1);
        }
        while (!word.empty()) {  // A word that is longer than a line is cut between signs.
            auto const sign = word.substr(0, first_sign(word));
            auto const width = display_width(sign);
            if (used + width > columns) {
                lines.emplace_back();
                used = 0;
            }
            lines.back() += sign;
            used += width;
            word.remove_prefix(sign.size());
        }
    }
    return lines;
}

std::string clock_text(std::string_view iso8601) {
    auto const time = from_iso8601(iso8601);
    if (!time) return {};
    std::time_t const seconds = time->value / 1'000;
    std::tm local{};
    if (!localtime_r(&seconds, &local)) return {};
    return fmt::format("{:02}:{:02}", local.tm_hour, local.tm_min);
}

}  // namespace sewa::cli
