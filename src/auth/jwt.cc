#include "auth/jwt.h"

#include <algorithm>
#include <cctype>

#include "auth/base64url.h"
#include "auth/claim_checks.h"
#include "auth/json_object.h"
#include "auth/signature.h"
#include "core/assert.h"

namespace sewa::auth {
namespace {

// RFC 7515 compact form: header.payload.signature, each part in base64url.
struct Parts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
    std::string_view signed_text;  // header.payload
};

Result<Parts> split(std::string_view token) {
    if (token.size() > kTokenBytesMax) return fail(Errc::kUnauthorized, "the token is too long");
    auto const first = token.find('.');
    auto const last = token.rfind('.');
    if (first == last || std::count(token.begin(), token.end(), '.') != 2) {
        return fail(Errc::kUnauthorized, "the token has not three parts");
    }
    return Parts{token.substr(0, first), token.substr(first + 1, last - first - 1),
                 token.substr(last + 1), token.substr(0, last)};
}

Result<std::string> decode(std::string_view part) {
    auto bytes = base64url_decode(part);
    if (!bytes) return fail(Errc::kUnauthorized, "the token is not base64url");
    return *std::move(bytes);
}

bool same_without_case(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

// RFC 8725 §3.11: a token that was made for something else (a logout token, say) is refused.
bool is_access_type(std::string_view type) {
    return same_without_case(type, "JWT") || same_without_case(type, "at+jwt");
}

struct Header {
    Algorithm algorithm;
    std::optional<std::string> key_id;
};

Result<Header> read_header(std::string_view json, AlgorithmSet allowed) {
    SEWA_TRY(auto const document, JsonDocument::parse(json));
    SEWA_TRY(auto const object, JsonObject::of(document.root()));
    // RFC 7515 §4.1.11: extensions that must be understood; this server understands none.
    if (object.find("crit") || object.find("b64")) {
        return fail(Errc::kUnauthorized, "the token needs an extension");
    }
    SEWA_TRY(auto const type, object.find_text("typ"));
    if (type && !is_access_type(*type)) return fail(Errc::kUnauthorized, "no access token");
    SEWA_TRY(auto const algorithm_name, object.find_text("alg"));
    auto const algorithm = find_algorithm(algorithm_name.value_or(""));
    if (!algorithm || !allowed.contains(*algorithm)) {
        return fail(Errc::kUnauthorized, "the token's algorithm is not allowed here");
    }
    SEWA_TRY(auto const key_id, object.find_text("kid"));
    Header header{*algorithm, std::nullopt};
    if (key_id) header.key_id = std::string(*key_id);
    return header;
}

}  // namespace

Verifier::Verifier(TokenRules rules, std::shared_ptr<KeyStore const> keys)
    : rules_(std::move(rules)), keys_(std::move(keys)) {
    SEWA_ASSERT(keys_ != nullptr && !rules_.algorithms.empty());
    SEWA_ASSERT(rules_.leeway_s >= 0 && rules_.leeway_s <= kLeewaySecondsMax);
}

Result<Claims> Verifier::verify(std::string_view token, WallMs now) const {
    SEWA_TRY(auto const payload, check_signature(token));
    SEWA_TRY(auto const document, JsonDocument::parse(payload));
    SEWA_TRY(auto const object, JsonObject::of(document.root()));
    return read_claims(object, rules_, now);
}

// Nothing in the payload is looked at before this has passed.
Result<std::string> Verifier::check_signature(std::string_view token) const {
    SEWA_TRY(auto const parts, split(token));
    SEWA_TRY(auto const header_json, decode(parts.header));
    SEWA_TRY(auto const header, read_header(header_json, rules_.algorithms));
    SEWA_TRY(auto const signature, decode(parts.signature));
    auto const keys = keys_->current();
    auto const* const key = keys->find(header.algorithm, header.key_id);
    if (key == nullptr) return fail(Errc::kUnauthorized, "no key for this token");
    if (!signature_matches(*key, parts.signed_text, signature)) {
        return fail(Errc::kUnauthorized, "the token's signature is wrong");
    }
    return decode(parts.payload);
}

}  // namespace sewa::auth
