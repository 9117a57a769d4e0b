#include "config/toml_ascii.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "core/utf8.h"

namespace sewa::config {
namespace {

bool is_ascii(char c) {
    return static_cast<unsigned char>(c) < 0x80;
}

// True when a section's name can follow: toml++ 3.3 takes that for granted behind a bracket and
// has undefined behaviour otherwise. No option is in an array of sections.
bool begins_name(std::string_view rest) {
    auto const at = rest.find_first_not_of(" \t", 1);
    if (at == rest.npos) return false;
    auto const c = static_cast<unsigned char>(rest[at]);
    return std::isalnum(c) || c == '_' || c == '-' || c == '"' || c == '\'' || c == ']';
}

// The end of the string that begins `text`, npos when it does not end on this line.
std::size_t end_of_string(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\' && text[0] == '"') {
            ++i;
        } else if (text[i] == text[0]) {
            return i;
        }
    }
    return text.npos;
}

// What stands in the way of a string that begins at `at`; empty when nothing does.
std::string_view objection_to_string(std::string_view line, std::size_t at) {
    auto const before = line.substr(0, at).find_last_not_of(" \t");
    if (before != line.npos && std::string_view("=[,{").find(line[before]) == line.npos) {
        return "a quote belongs at the beginning of a value";
    }
    auto const rest = line.substr(at);
    if (rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
        return "no option has several lines; write it in one pair of quotes";
    }
    return end_of_string(rest) == rest.npos ? "the closing quote is missing" : "";
}

// Takes the first character off `utf8`, which is valid.
std::uint32_t take_character(std::string_view& utf8) {
    auto const lead = static_cast<unsigned char>(utf8[0]);
    auto const size = lead < 0x80 ? 1U : lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : 4U;
    std::uint32_t character = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        character = (character << 6) | (static_cast<unsigned char>(utf8[i]) & 0x3FU);
    }
    utf8.remove_prefix(size);
    return character;
}

// With its quotes. Only "…" has escapes, so that '…' becomes one.
void append_string(std::string_view quoted, std::string& out) {
    if (std::all_of(quoted.begin(), quoted.end(), is_ascii)) return void(out += quoted);
    bool const is_literal = quoted[0] == '\'';
    out += '"';
    for (auto inner = quoted.substr(1, quoted.size() - 2); !inner.empty();) {
        auto const character = take_character(inner);
        if (character >= 0x80) {
            fmt::format_to(std::back_inserter(out), "\\U{:08X}", character);
            continue;
        }
        auto const c = static_cast<char>(character);
        if (is_literal && (c == '"' || c == '\\')) out += '\\';
        out += c;
    }
    out += '"';
}

// The brackets that are open, whatever the lines they stand in. toml++ 3.3 takes for granted that
// the first bracket to close in an array is the array's.
class Brackets {
public:
    // False: it closes what it did not open.
    bool take(char c) {
        if (c == '[' || c == '{') open_ += c;
        if (c != ']' && c != '}') return true;
        if (open_.empty() || open_.back() != (c == ']' ? '[' : '{')) return false;
        open_.pop_back();
        return true;
    }

private:
    std::string open_;
};

// Returns what stands in its way, empty when nothing does.
std::string_view append_line(std::string_view line, Brackets& brackets, std::string& out) {
    if (!is_utf8(line)) return "this is not UTF-8";
    auto const first = line.find_first_not_of(" \t");
    if (first != line.npos && line[first] == '[' && !begins_name(line.substr(first))) {
        return "a section needs a name, as in [limits]";
    }
    for (std::size_t i = 0; i < line.size() && line[i] != '#'; ++i) {
        auto const c = static_cast<unsigned char>(line[i]);
        if ((c < 0x20 && c != '\t' && c != '\r') || c >= 0x7F) {
            return "put what is not plain ASCII in quotes";
        }
        if (!brackets.take(line[i])) return "a bracket closes what it did not open";
        if (c != '"' && c != '\'') {
            out += line[i];
            continue;
        }
        auto const reason = objection_to_string(line, i);
        if (!reason.empty()) return reason;
        auto const end = end_of_string(line.substr(i));
        append_string(line.substr(i, end + 1), out);
        i += end;
    }
    out += '\n';
    return {};
}

std::string_view without_byte_order_mark(std::string_view toml) {
    return toml.starts_with("\xEF\xBB\xBF") ? toml.substr(3) : toml;
}

}  // namespace

Result<std::string> to_ascii(ConfigFile const& file) {
    std::string out;
    Brackets brackets;
    auto toml = without_byte_order_mark(file.toml);
    for (std::size_t number = 1; !toml.empty(); ++number) {
        auto const end = std::min(toml.find('\n'), toml.size());
        auto const reason = append_line(toml.substr(0, end), brackets, out);
        if (!reason.empty()) {
            return fail(Errc::kBadRequest, fmt::format("{}:{}: {}", file.path, number, reason));
        }
        toml.remove_prefix(std::min(end + 1, toml.size()));
    }
    return out;
}

}  // namespace sewa::config
