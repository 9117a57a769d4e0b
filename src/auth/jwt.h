#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "auth/algorithm.h"
#include "auth/claims.h"
#include "auth/key_store.h"
#include "core/result.h"

namespace sewa::auth {

inline constexpr std::size_t kTokenBytesMax = 8192;
inline constexpr int kLeewaySecondsMax = 60;

// What a token must satisfy besides its signature.
struct TokenRules {
    AlgorithmSet algorithms;  // fixed by configuration; a token can only choose inside it
    std::string issuer;       // empty: `iss` is not looked at
    std::string audience;     // empty: `aud` is not looked at
    std::string user_claim = "user_id";
    int leeway_s = 5;  // clock difference that is forgiven, at most kLeewaySecondsMax
};

// Verifies JSON Web Tokens (RFC 7519, PROTOCOL C-11).
//
// Any-thread: the rules are frozen, the keys are taken from the store at each call, so that a
// reload counts from the next token on. A call costs one signature check and never blocks. Bounded
// by kTokenBytesMax and a JSON depth of 16.
//
// Fails with kTokenExpired when the only thing wrong is the time of its end, with kUnauthorized for
// everything else. Messages say which check failed and never quote the token.
class Verifier {
public:
    Verifier(TokenRules rules, std::shared_ptr<KeyStore const> keys);

    Result<Claims> verify(std::string_view token, WallMs now) const;

private:
    Result<std::string> check_signature(std::string_view token) const;

    TokenRules const rules_;
    std::shared_ptr<KeyStore const> const keys_;
};

struct SigningOptions {
    std::string_view secret;
    WallMs issued_at;
    std::string_view issuer = {};    // empty: no `iss`
    std::string_view audience = {};  // empty: no `aud`
    std::string_view user_claim = "user_id";
};

// An access token for `claims`, for `sewa token`, demo mode and the built-in identity.
std::string sign_hs256(Claims const& claims, SigningOptions const& options);

}  // namespace sewa::auth
