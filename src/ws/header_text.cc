#include "ws/header_text.h"

#include <algorithm>

namespace sewa::ws {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_token_char(char c) {
    if ((c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z')) return true;
    return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

}  // namespace

bool HeaderText::take(char separator) {
    skip_space();
    if (rest_.empty() || rest_.front() != separator) return false;
    rest_.remove_prefix(1);
    return true;
}

std::optional<std::string_view> HeaderText::take_token() {
    skip_space();
    auto const size = static_cast<std::size_t>(
        std::find_if_not(rest_.begin(), rest_.end(), is_token_char) - rest_.begin());
    if (size == 0) return std::nullopt;
    auto const token = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return token;
}

std::optional<std::string> HeaderText::take_quoted() {
    skip_space();
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    std::string text;
    for (std::size_t at = 1; at < rest_.size(); ++at) {
        if (rest_[at] == '"') {
            rest_.remove_prefix(at + 1);
            return text;
        }
        if (rest_[at] == '\\' && ++at == rest_.size()) break;
        text += rest_[at];
    }
    return std::nullopt;
}

bool HeaderText::at_end() {
    skip_space();
    return rest_.empty();
}

void HeaderText::skip_space() {
    auto const start = rest_.find_first_not_of(" \t");
    rest_.remove_prefix(std::min(start, rest_.size()));
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool list_has_token(std::string_view list, std::string_view token) {
    HeaderText text(list);
    while (!text.at_end()) {
        if (text.take(',')) continue;
        auto const found = text.take_token();
        if (!found) return false;
        // `Upgrade: websocket/13` names a version; only the bare name is the token we know.
        bool const alone = text.at_end() || text.take(',');
        if (alone && equals_ignoring_case(*found, token)) return true;
        if (!alone) return false;
    }
    return false;
}

}  // namespace sewa::ws
