#include "sewa/utf8.h"

namespace sewa::client {
namespace {

std::size_t length_of(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

// Overlong forms, surrogates and what lies beyond Unicode.
bool is_allowed(char32_t value, std::size_t bytes) {
    constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    return value >= kSmallest[bytes] && value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
}

bool is_space(char32_t c) {
    return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
           c == 0x205F || c == 0x3000;
}

std::string_view without_leading_space(std::string_view text) {
    while (!text.empty()) {
        auto const point = first_code_point(text);
        if (!point.valid || !is_space(point.value)) break;
        text.remove_prefix(point.bytes);
    }
    return text;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
    auto const lead = static_cast<unsigned char>(text[0]);
    auto const bytes = length_of(lead);
    if (bytes == 1) return {lead, 1, true};
    if (bytes == 0 || text.size() < bytes) return {};
    char32_t value = lead & (0xFFu >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        auto const next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) return {};
        value = (value << 6) | (next & 0x3F);
    }
    if (!is_allowed(value, bytes)) return {};
    return {value, bytes, true};
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        auto const point = first_code_point(text);
        out += point.valid ? text.substr(0, point.bytes) : std::string_view("\xEF\xBF\xBD");
        text.remove_prefix(point.bytes);
    }
    return out;
}

std::size_t count_code_points(std::string_view text) {
    std::size_t count = 0;
    for (; !text.empty(); ++count) text.remove_prefix(first_code_point(text).bytes);
    return count;
}

std::string_view trimmed(std::string_view text) {
    text = without_leading_space(text);
    std::size_t end = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const point = first_code_point(text.substr(at));
        at += point.bytes;
        if (!point.valid || !is_space(point.value)) end = at;
    }
    return text.substr(0, end);
}

}  // namespace sewa::client
