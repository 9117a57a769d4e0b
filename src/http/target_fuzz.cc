// A request's target and query: what is taken is safe for routes and files, and splits and decodes
// to what a slower second reading finds.
#include <string>

#include "core/assert.h"
#include "http/target.h"

namespace {

using namespace sewa::http;

int digit_value(char c) {
    static constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
    auto const at = kDigits.find(c);
    return at == kDigits.npos ? -1 : static_cast<int>(at % 16);
}

// One character of an encoded text; empty text: broken.
std::string next_character(std::string_view& text) {
    auto const take = [&](std::size_t count) {
        auto const taken = text.substr(0, count);
        text.remove_prefix(taken.size());
        return taken;
    };
    if (text[0] != '%') return std::string(take(1));
    auto const escape = take(3);
    if (escape.size() < 3) return {};
    int const high = digit_value(escape[1]), low = digit_value(escape[2]);
    if (high < 0 || low < 0) return {};
    return std::string(1, static_cast<char>(high * 16 + low));
}

std::optional<std::string> second_decode(std::string_view text) {
    std::string decoded;
    while (!text.empty()) {
        auto const next = next_character(text);
        if (next.empty() || next[0] == '\0') return std::nullopt;
        decoded += next;
    }
    return decoded;
}

// Everything that is not a letter or a digit as an escape.
std::string encode(std::string_view text) {
    std::string encoded;
    for (char const c : text) {
        bool const is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '/';
        static constexpr std::string_view kDigits = "0123456789ABCDEF";
        auto const byte = static_cast<unsigned char>(c);
        if (is_plain) {
            encoded += c;
        } else {
            encoded += {'%', kDigits[byte / 16], kDigits[byte % 16]};
        }
    }
    return encoded;
}

void check_path(std::string const& path) {
    if (path == "*") return;
    SEWA_ASSERT(path.starts_with('/') && path.find('\0') == path.npos);
    auto const slashed = path + "/";
    SEWA_ASSERT(slashed.find("/../") == slashed.npos && slashed.find("/./") == slashed.npos);
}

void check_query(Query const& query) {
    SEWA_ASSERT(query.parameters.size() <= kQueryParametersMax);
    std::string again;
    for (auto const& [name, value] : query.parameters) {
        SEWA_ASSERT(query.find(name).has_value());
        again += encode(name) + "=" + encode(value) + "&";
    }
    auto const parsed = parse_query(again);
    SEWA_ASSERT(parsed && parsed->parameters == query.parameters);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    SEWA_ASSERT(percent_decode(text) == second_decode(text));
    if (auto const query = parse_query(text)) check_query(*query);
    auto const target = parse_target(text);
    if (!target) return 0;
    check_path(target->path);
    check_query(target->query);
    if (target->path == "*" || target->path.find('\\') != std::string::npos) return 0;
    auto const again = parse_target(encode(target->path));
    SEWA_ASSERT(again && again->path == target->path);
    return 0;
}
