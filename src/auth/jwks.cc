#include "auth/jwks.h"

#include "auth/base64url.h"
#include "auth/json_object.h"
#include "auth/public_key.h"
#include "auth/secret.h"

namespace sewa::auth {
namespace {

tl::unexpected<Error> refuse(std::string message) {
    return fail(Errc::kBadRequest, std::move(message));
}

Result<std::string> read_bytes(JsonObject const& key, std::string_view member) {
    SEWA_TRY(auto const text, key.find_text(member));
    auto bytes = text ? base64url_decode(*text) : std::nullopt;
    if (!bytes || bytes->empty()) return refuse("\"" + std::string(member) + "\" is no base64url");
    return *std::move(bytes);
}

bool may_verify(JsonObject const& key) {
    auto const operations = key.find("key_ops");
    simdjson::dom::array array;
    if (!operations || operations->get(array) != simdjson::SUCCESS) return true;
    for (auto const operation : array) {
        std::string_view text;
        if (operation.get(text) == simdjson::SUCCESS && text == "verify") return true;
    }
    return false;
}

// The algorithm that a key's type and curve stand for; none: a kind this server does not use.
std::optional<Algorithm> algorithm_of(std::string_view type, std::string_view curve) {
    if (type == "RSA") return Algorithm::kRs256;
    if (type == "EC" && curve == "P-256") return Algorithm::kEs256;
    if (type == "OKP" && curve == "Ed25519") return Algorithm::kEdDsa;
    if (type == "oct") return Algorithm::kHs256;
    return std::nullopt;
}

// The algorithm to use the key for, or none when the key is meant for something else.
Result<std::optional<Algorithm>> purpose(JsonObject const& key, AlgorithmSet allowed) {
    SEWA_TRY(auto const type, key.find_text("kty"));
    SEWA_TRY(auto const curve, key.find_text("crv"));
    SEWA_TRY(auto const use, key.find_text("use"));
    SEWA_TRY(auto const declared, key.find_text("alg"));
    if (!type) return refuse("\"kty\" is missing");
    auto const algorithm = algorithm_of(*type, curve.value_or(""));
    if (*type == "oct" && !allowed.contains(Algorithm::kHs256)) {
        return refuse("a secret (oct) among public keys, and HS256 is not configured");
    }
    if (*type != "oct" && key.find("d")) {
        return refuse("it contains a private key; publish the public half only");
    }
    bool const foreign = !algorithm || !allowed.contains(*algorithm) || (use && *use != "sig") ||
                         !may_verify(key) || (declared && *declared != name(*algorithm));
    return foreign ? std::nullopt : algorithm;
}

Status read_material(JsonObject const& object, Key& key) {
    if (key.algorithm == Algorithm::kHs256) {
        SEWA_TRY(key.secret, read_bytes(object, "k"));
        return check_secret(key.secret);
    }
    if (key.algorithm == Algorithm::kRs256) {
        SEWA_TRY(auto const modulus, read_bytes(object, "n"));
        SEWA_TRY(auto const exponent, read_bytes(object, "e"));
        SEWA_TRY(key.public_key, rsa_public_key(modulus, exponent));
        return {};
    }
    SEWA_TRY(auto const x, read_bytes(object, "x"));
    if (key.algorithm == Algorithm::kEdDsa) {
        SEWA_TRY(key.public_key, ed25519_public_key(x));
        return {};
    }
    SEWA_TRY(auto const y, read_bytes(object, "y"));
    SEWA_TRY(key.public_key, p256_public_key(x, y));
    return {};
}

Status add_key(JsonValue value, AlgorithmSet allowed, Keys& keys) {
    SEWA_TRY(auto const object, JsonObject::of(value));
    SEWA_TRY(auto const algorithm, purpose(object, allowed));
    if (!algorithm) return {};
    Key key;
    key.algorithm = *algorithm;
    SEWA_TRY(auto const id, object.find_text("kid"));
    key.id = id.value_or("");
    SEWA_CHECK(read_material(object, key));
    return keys.add(std::move(key));
}

// "keys[3]: " in front, so that the operator finds the place; the code becomes kBadRequest.
tl::unexpected<Error> at_key(std::size_t index, Error const& error) {
    return refuse("keys[" + std::to_string(index) + "]: " + error.message);
}

}  // namespace

Result<Keys> parse_jwks(std::string_view json, AlgorithmSet allowed) {
    if (json.size() > kJwksBytesMax) return refuse("a key set has at most 256 KiB");
    auto const document = JsonDocument::parse(json);
    simdjson::dom::array list;
    if (!document || document->root()["keys"].get(list) != simdjson::SUCCESS) {
        return refuse("no JSON object with an array \"keys\"");
    }
    Keys keys;
    std::size_t index = 0;
    for (auto const value : list) {
        if (auto const added = add_key(value, allowed, keys); !added) {
            return at_key(index, added.error());
        }
        ++index;
    }
    if (keys.size() == 0) return refuse("no key for the configured algorithms");
    return keys;
}

}  // namespace sewa::auth
