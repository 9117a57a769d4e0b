#include <fmt/format.h>

#include "auth/base64url.h"
#include "auth/jwt.h"
#include "auth/signature.h"

namespace sewa::auth {
namespace {

void append_json_text(std::string& json, std::string_view text) {
    json += '"';
    for (char const character : text) {
        auto const code = static_cast<unsigned char>(character);
        if (code < 0x20) {
            json += fmt::format("\\u{:04x}", code);
            continue;
        }
        if (character == '"' || character == '\\') json += '\\';
        json += character;
    }
    json += '"';
}

void append_member(std::string& json, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    json += ',';
    append_json_text(json, name);
    json += ':';
    append_json_text(json, text);
}

std::string payload_of(Claims const& claims, SigningOptions const& options) {
    std::string json = "{";
    append_json_text(json, options.user_claim);
    json += fmt::format(":{},\"iat\":{},\"exp\":{}", claims.user.value,
                        options.issued_at.value / 1000, claims.expires_at.value / 1000);
    append_member(json, "token_type", "access");
    append_member(json, "iss", options.issuer);
    append_member(json, "aud", options.audience);
    append_member(json, "name", claims.name);
    append_member(json, "first_name", claims.first_name);
    append_member(json, "last_name", claims.last_name);
    append_member(json, "avatar", claims.avatar);
    if (claims.role) append_member(json, "role", name(*claims.role));
    json += '}';
    return json;
}

}  // namespace

std::string sign_hs256(Claims const& claims, SigningOptions const& options) {
    auto token = base64url_encode(R"({"alg":"HS256","typ":"JWT"})");
    token += '.';
    token += base64url_encode(payload_of(claims, options));
    auto const signature = base64url_encode(hmac_sha256(options.secret, token));
    return token + '.' + signature;
}

}  // namespace sewa::auth
