#include "http/target.h"

#include <algorithm>

namespace sewa::http {

namespace {

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

auto bad_target(char const* why) {
    return fail(Errc::kBadRequest, why);
}

// Removes the text up to the next separator from `rest` and returns it.
std::string_view take_until(std::string_view& rest, char separator) {
    auto const at = std::min(rest.find(separator), rest.size());
    auto const taken = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return taken;
}

std::optional<std::string> decode_query_text(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

bool has_encoded_slash(std::string_view path) {
    return path.find("%2f") != path.npos || path.find("%2F") != path.npos ||
           path.find("%5c") != path.npos || path.find("%5C") != path.npos;
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        auto const segment = take_until(path, '/');
        if (segment == "." || segment == "..") return true;
    }
    return false;
}

// "http://host/path" → "/path"; what is in origin form stays.
std::string_view without_authority(std::string_view text) {
    auto const scheme = text.find("://");
    if (text.starts_with('/') || scheme == text.npos) return text;
    auto const path = text.find_first_of("/?", scheme + 3);
    return path == text.npos ? "/" : text.substr(path);
}

}  // namespace

std::optional<std::string_view> Query::find(std::string_view name) const {
    for (auto const& [key, value] : parameters) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char next = text[i];
        if (next == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            int const high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            next = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (next == '\0') return std::nullopt;
        decoded.push_back(next);
    }
    return decoded;
}

Result<Query> parse_query(std::string_view text) {
    Query query;
    while (!text.empty()) {
        auto pair = take_until(text, '&');
        if (pair.empty()) continue;
        if (query.parameters.size() == kQueryParametersMax) {
            return bad_target("too many query parameters");
        }
        auto name = decode_query_text(take_until(pair, '='));
        auto value = decode_query_text(pair);
        if (!name || !value) return bad_target("the query has a broken %-escape");
        query.parameters.emplace_back(*std::move(name), *std::move(value));
    }
    return query;
}

Result<Target> parse_target(std::string_view text) {
    if (text.find('#') != text.npos) return bad_target("the target has a fragment");
    auto rest = without_authority(text);
    bool const has_path = !rest.starts_with('?');
    auto const raw_path = has_path ? take_until(rest, '?') : std::string_view("/");
    if (!has_path) rest.remove_prefix(1);
    if (raw_path != "*" && !raw_path.starts_with('/')) return bad_target("the target has no path");
    if (has_encoded_slash(raw_path)) return bad_target("the path has an encoded slash");
    auto path = percent_decode(raw_path);
    if (!path) return bad_target("the path has a broken %-escape");
    if (has_dot_segment(*path)) return bad_target("the path has a dot segment");
    SEWA_TRY(auto query, parse_query(rest));
    return Target{*std::move(path), std::move(query)};
}

}  // namespace sewa::http
