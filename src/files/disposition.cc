#include "files/disposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sewa::files {

namespace {

// RFC 8187: what needs no escape in `filename*`.
bool is_attribute_char(char c) {
    constexpr std::string_view kMore = "!#$&+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kMore.find(c) != kMore.npos;
}

// Quotes, backslashes and percent signs are read differently by different browsers.
bool is_simple(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\' && c != '%';
}

}  // namespace

std::string content_disposition(std::string_view name, bool is_inline) {
    std::string plain(name);
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return !is_simple(c); }, '_');
    auto text = fmt::format(R"({}; filename="{}")", is_inline ? "inline" : "attachment", plain);
    if (plain == name) return text;
    text += "; filename*=UTF-8''";
    for (char const c : name) {
        if (is_attribute_char(c)) {
            text += c;
        } else {
            fmt::format_to(std::back_inserter(text), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return text;
}

}  // namespace sewa::files
