#include "http/request.h"

#include <algorithm>

namespace sewa::http {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string_view trimmed(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool list_has(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        auto const comma = std::min(list.find(','), list.size());
        if (equals_ignoring_case(trimmed(list.substr(0, comma)), token)) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

}  // namespace

std::string_view to_string(Method method) {
    switch (method) {
        case Method::kGet:
            return "GET";
        case Method::kHead:
            return "HEAD";
        case Method::kPost:
            return "POST";
        case Method::kPut:
            return "PUT";
        case Method::kPatch:
            return "PATCH";
        case Method::kDelete:
            return "DELETE";
        case Method::kOptions:
            return "OPTIONS";
        case Method::kOther:
            break;
    }
    return "";
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

void Headers::add(std::string_view name, std::string_view value) {
    Field field{};
    field.name = static_cast<std::uint32_t>(text_.size());
    text_ += name;
    field.value = static_cast<std::uint32_t>(text_.size());
    text_ += value;
    field.end = static_cast<std::uint32_t>(text_.size());
    fields_.push_back(field);
}

std::optional<std::string_view> Headers::find(std::string_view wanted) const {
    for (std::size_t i = 0; i < size(); ++i) {
        if (equals_ignoring_case(name(i), wanted)) return value(i);
    }
    return std::nullopt;
}

bool Headers::has_token(std::string_view wanted, std::string_view token) const {
    for (std::size_t i = 0; i < size(); ++i) {
        if (equals_ignoring_case(name(i), wanted) && list_has(value(i), token)) return true;
    }
    return false;
}

}  // namespace sewa::http
