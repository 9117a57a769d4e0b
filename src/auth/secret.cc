#include "auth/secret.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "auth/key_file.h"

namespace sewa::auth {
namespace {

// Guessable words of tutorials. They are taken out before a secret is measured, so that
// "secret-" in front of 48 random characters does no harm.
constexpr std::array<std::string_view, 8> kExampleWords = {
    "a-string-secret-at-least-256-bits-long",
    "your-256-bit-secret",
    "changeme",
    "change-me",
    "password",
    "example",
    "secret",
    "your",
};

// Estimated from the frequency of characters, which reads low: 16 random bytes in hexadecimal
// measure 110 to 122 bits.
constexpr double kEntropyBitsMin = 96;

constexpr std::string_view kAdvice = "make one with: openssl rand -base64 48";

std::string without_example_words(std::string_view secret) {
    std::string rest(secret);
    std::transform(rest.begin(), rest.end(), rest.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string kept(secret);
    for (auto const word : kExampleWords) {
        for (auto at = rest.find(word); at != rest.npos; at = rest.find(word)) {
            rest.erase(at, word.size());
            kept.erase(at, word.size());
        }
    }
    return kept;
}

double entropy_bits(std::string_view text) {
    std::array<int, 256> counts{};
    for (unsigned char const c : text) ++counts[c];
    double bits = 0;
    for (int const count : counts) {
        if (count > 0) bits -= count * std::log2(count / static_cast<double>(text.size()));
    }
    return bits;
}

bool repeats_itself(std::string_view text) {
    for (std::size_t period = 1; period <= text.size() / 2; ++period) {
        if (text.substr(period) == text.substr(0, text.size() - period)) return true;
    }
    return false;
}

// "0123456789abcdef…", "zyxw…".
bool is_sequence(std::string_view text) {
    std::size_t steps = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
        steps += std::abs(text[i] - text[i - 1]) <= 1 ? 1 : 0;
    }
    return steps * 2 > text.size();
}

}  // namespace

Status check_secret(std::string_view secret) {
    auto refuse = [](std::string_view reason) -> Status {
        return fail(Errc::kBadRequest, std::string(reason) + "; " + std::string(kAdvice));
    };
    if (secret.size() < kSecretBytesMin) return refuse("is shorter than 32 bytes");
    if (secret.starts_with("django-insecure-")) return refuse("is Django's development key");
    auto const measured = without_example_words(secret);
    if (measured.size() < secret.size() && measured.size() < kSecretBytesMin) {
        return refuse("is an example from documentation");
    }
    if (repeats_itself(measured)) return refuse("repeats itself");
    if (is_sequence(measured)) return refuse("is a sequence of characters");
    if (entropy_bits(measured) < kEntropyBitsMin) return refuse("has too few different characters");
    return {};
}

Result<std::string> read_secret_file(std::string const& path) {
    SEWA_TRY(auto secret, read_key_file(path, kSecretBytesMax));
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    if (auto const checked = check_secret(secret); !checked) {
        return fail(Errc::kBadRequest, "secret in " + path + " " + checked.error().message);
    }
    return secret;
}

}  // namespace sewa::auth
