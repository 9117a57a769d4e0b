#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"

namespace sewa::auth {

// What a key of the server-side API may do (PROTOCOL K-1).
enum class Scope : std::uint8_t {
    kDirectory,      // People and services.
    kConversations,  // Create, change, members.
    kMessages,       // Post as the marketplace.
    kPresence,       // Who is online.
    kAccess,         // Ban and log out.
    kPrivacy,        // Erase and export a person.
    kWebhooks,       // State of the deliveries.
};
inline constexpr std::size_t kScopeCount = 7;

std::string_view name(Scope scope);
std::optional<Scope> find_scope(std::string_view name);

class ScopeSet {
public:
    void add(Scope scope) { bits_ |= bit(scope); }
    bool has(Scope scope) const { return (bits_ & bit(scope)) != 0; }
    bool is_empty() const { return bits_ == 0; }
    // "directory,messages"; `all` is understood, too.
    std::string text() const;
    static Result<ScopeSet> parse(std::string_view text);

    friend bool operator==(ScopeSet, ScopeSet) = default;

private:
    static std::uint8_t bit(Scope scope) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope));
    }
    std::uint8_t bits_ = 0;
};

using KeyHash = std::array<unsigned char, 32>;

// One key as it is stored: of the key itself only its SHA-256. The key has 256 random bits, so that
// a slow hash would protect nothing more.
struct ApiKey {
    std::uint32_t id = 0;
    std::string name;
    ScopeSet scopes;
    KeyHash hash{};
    WallMs created_at;
    WallMs revoked_at;  // 0: it counts.
};

inline constexpr std::size_t kApiKeysMax = 1000;
inline constexpr std::size_t kApiKeyNameBytesMax = 100;

// A fresh key and what is kept of it. The text is `sewa_<id>_<64 hexadecimal digits>`.
struct MintedKey {
    std::string text;
    ApiKey key;
};
MintedKey mint_api_key(std::string name, ScopeSet scopes, Random& random, WallMs now);

// The key that `text` is; nothing for a wrong, unknown or revoked one. Takes the same time wherever
// a wrong key differs.
ApiKey const* find_api_key(std::vector<ApiKey> const& keys, std::string_view text);

}  // namespace sewa::auth
