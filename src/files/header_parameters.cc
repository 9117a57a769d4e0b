#include "files/header_parameters.h"

#include <algorithm>

namespace sewa::files {

namespace {

constexpr std::size_t kParametersMax = 8;

bool is_token_char(char c) {
    constexpr std::string_view kMore = "!#$%&'*+-.^_`|~/";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMore.find(c) != kMore.npos;
}

std::string_view take_token(std::string_view& rest) {
    auto const end = std::find_if_not(rest.begin(), rest.end(), is_token_char);
    auto const token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(token.size());
    return token;
}

// Browsers write %22 for a quote and leave backslashes alone; others escape both.
std::optional<std::string> take_quoted(std::string_view& rest) {
    std::string text;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return text;
        }
        bool const is_escape =
            rest[i] == '\\' && i + 1 < rest.size() && (rest[i + 1] == '"' || rest[i + 1] == '\\');
        if (is_escape) ++i;
        text += rest[i];
    }
    return std::nullopt;
}

bool take_parameter(std::string_view& rest, HeaderParameters& into) {
    rest = trimmed(rest.substr(1));  // Behind the semicolon.
    auto const name = lower_case(take_token(rest));
    if (name.empty() || !rest.starts_with('=') || into.find(name) != nullptr) return false;
    if (into.parameters.size() == kParametersMax) return false;
    rest.remove_prefix(1);
    if (rest.starts_with('"')) {
        auto text = take_quoted(rest);
        if (!text) return false;
        into.parameters.emplace_back(name, *std::move(text));
    } else {
        into.parameters.emplace_back(name, std::string(take_token(rest)));
    }
    rest = trimmed(rest);
    return true;
}

}  // namespace

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

std::string const* HeaderParameters::find(std::string_view name) const {
    for (auto const& [key, text] : parameters) {
        if (key == name) return &text;
    }
    return nullptr;
}

std::optional<HeaderParameters> parse_header_parameters(std::string_view text) {
    HeaderParameters parsed;
    auto rest = trimmed(text);
    parsed.value = lower_case(take_token(rest));
    rest = trimmed(rest);
    while (rest.starts_with(';')) {
        if (!take_parameter(rest, parsed)) return std::nullopt;
    }
    if (!rest.empty() || parsed.value.empty()) return std::nullopt;
    return parsed;
}

}  // namespace sewa::files
