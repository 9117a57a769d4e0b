#include "auth/api_key.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <charconv>

namespace sewa::auth {
namespace {

constexpr std::string_view kPrefix = "sewa_";
constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kSecretDigits = 64;
constexpr std::array<std::string_view, kScopeCount> kNames = {
    "directory", "conversations", "messages", "presence", "access", "privacy", "webhooks"};

KeyHash hash_of(std::string_view text) {
    KeyHash hash;
    SHA256(reinterpret_cast<unsigned char const*>(text.data()), text.size(), hash.data());
    return hash;
}

std::optional<std::uint32_t> id_in(std::string_view text) {
    if (text.size() != kPrefix.size() + kIdDigits + 1 + kSecretDigits) return std::nullopt;
    if (!text.starts_with(kPrefix)) return std::nullopt;
    auto const digits = text.substr(kPrefix.size(), kIdDigits);
    std::uint32_t id = 0;
    auto const [end, failure] = std::from_chars(digits.data(), digits.data() + kIdDigits, id, 16);
    if (failure != std::errc{} || end != digits.data() + kIdDigits) return std::nullopt;
    return id;
}

}  // namespace

std::string_view name(Scope scope) {
    return kNames[static_cast<std::size_t>(scope)];
}

std::optional<Scope> find_scope(std::string_view text) {
    auto const found = std::find(kNames.begin(), kNames.end(), text);
    if (found == kNames.end()) return std::nullopt;
    return static_cast<Scope>(found - kNames.begin());
}

std::string ScopeSet::text() const {
    std::string all;
    for (std::size_t i = 0; i < kScopeCount; ++i) {
        if (!has(static_cast<Scope>(i))) continue;
        if (!all.empty()) all += ',';
        all += kNames[i];
    }
    return all;
}

Result<ScopeSet> ScopeSet::parse(std::string_view text) {
    ScopeSet set;
    while (!text.empty()) {
        auto const comma = std::min(text.find(','), text.size());
        auto const word = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        if (auto const scope = find_scope(word)) {
            set.add(*scope);
        } else if (word == "all") {
            for (std::size_t i = 0; i < kScopeCount; ++i) set.add(static_cast<Scope>(i));
        } else {
            return fail(
                Errc::kBadRequest,
                fmt::format("no such scope: {}; there are all, {}", word, fmt::join(kNames, ", ")),
                "scopes");
        }
    }
    return set;
}

MintedKey mint_api_key(std::string name, ScopeSet scopes, Random& random, WallMs now) {
    MintedKey minted;
    // 31 bits, so that an id is positive wherever it is shown or counted.
    minted.key.id = static_cast<std::uint32_t>(random.below(0x7FFFFFFF)) + 1;
    minted.text = fmt::format("{}{:08x}_{}", kPrefix, minted.key.id, random.hex(kSecretDigits));
    minted.key.name = std::move(name);
    minted.key.scopes = scopes;
    minted.key.hash = hash_of(minted.text);
    minted.key.created_at = now;
    return minted;
}

ApiKey const* find_api_key(std::vector<ApiKey> const& keys, std::string_view text) {
    auto const id = id_in(text);
    if (!id) return nullptr;
    auto const hash = hash_of(text);
    for (auto const& key : keys) {
        if (key.id != *id) continue;
        bool const is_same = CRYPTO_memcmp(key.hash.data(), hash.data(), hash.size()) == 0;
        return is_same && key.revoked_at == WallMs{} ? &key : nullptr;
    }
    return nullptr;
}

}  // namespace sewa::auth
