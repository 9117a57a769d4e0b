#include "observe/redact.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sewa::observe {
namespace {

constexpr std::string_view kReplacement = "***";

constexpr std::array<std::string_view, 6> kSecretNames = {"token",         "ticket",   "secret",
                                                          "authorization", "password", "cookie"};

// As in "Authorization: Bearer …" and in the subprotocol "bearer.…".
constexpr std::string_view kBearer = "bearer";

// Every JWT begins so: base64url of `{"`.
constexpr std::string_view kJwtStart = "eyJ";

std::string lower(std::string_view text) {
    std::string copy(text);
    std::transform(copy.begin(), copy.end(), copy.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return copy;
}

int hex_value(char digit) {
    auto const c = static_cast<unsigned char>(digit);
    if (std::isdigit(c)) return c - '0';
    return std::isxdigit(c) ? std::tolower(c) - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                            hex_value(text[i + 2]) >= 0;
        if (!escape) {
            decoded += text[i];
            continue;
        }
        decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return decoded;
}

bool ends_value(char c) {
    return std::isspace(static_cast<unsigned char>(c)) || c == '&' || c == '#' || c == '"' ||
           c == ',' || c == ';';
}

bool ends_name(char c) {
    return ends_value(c) || c == '?' || c == '=';
}

bool is_token_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' ||
           c == '=' || c == '+' || c == '/';
}

// Where the value that begins at `start` ends.
template <typename Ends>
std::size_t end_of(std::string_view text, std::size_t start, Ends ends) {
    auto const found = std::find_if(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(),
                                    [&](char c) { return ends(c); });
    return static_cast<std::size_t>(found - text.begin());
}

// The number of characters at `at` that are a secret; 0 when there is none.
std::size_t secret_length(std::string_view text, std::size_t at) {
    auto const rest = text.substr(at);
    bool const begins_word = at == 0 || !std::isalnum(static_cast<unsigned char>(text[at - 1]));
    bool const behind_bearer =
        at > kBearer.size() && (text[at - 1] == ' ' || text[at - 1] == '.') &&
        lower(text.substr(at - 1 - kBearer.size(), kBearer.size())) == kBearer;
    if (!behind_bearer && !(begins_word && rest.starts_with(kJwtStart))) return 0;
    return end_of(rest, 0, [](char c) { return !is_token_character(c); });
}

// For the '=' at `equals`: the number of characters behind it that are a secret.
std::size_t parameter_length(std::string_view text, std::size_t equals) {
    std::size_t start = equals;
    while (start > 0 && !ends_name(text[start - 1])) --start;
    if (!is_secret_name(percent_decoded(text.substr(start, equals - start)))) return 0;
    return end_of(text, equals + 1, ends_value) - equals - 1;
}

}  // namespace

bool is_secret_name(std::string_view name) {
    auto const low = lower(name);
    return std::any_of(kSecretNames.begin(), kSecretNames.end(), [&](std::string_view secret) {
        if (!low.ends_with(secret)) return false;
        return low.size() == secret.size() || low[low.size() - secret.size() - 1] == '_';
    });
}

std::string redact(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        if (auto const length = secret_length(text, i); length > 0) {
            clean += kReplacement;
            i += length;
            continue;
        }
        clean += text[i++];
        if (text[i - 1] != '=') continue;
        if (auto const length = parameter_length(text, i - 1); length > 0) {
            clean += kReplacement;
            i += length;
        }
    }
    return clean;
}

}  // namespace sewa::observe
