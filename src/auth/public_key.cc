#include "auth/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

namespace sewa::auth {
namespace {

constexpr int kRsaBitsMin = 2048;
// Verification time grows with the square of the length.
constexpr int kRsaBitsMax = 8192;

using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

Number number(std::string_view text) {
    return {BN_bin2bn(bytes(text), static_cast<int>(text.size()), nullptr), &BN_free};
}

PublicKey owned(EVP_PKEY* key) {
    return {key, &EVP_PKEY_free};
}

// nullptr when OpenSSL finds fault with the key.
PublicKey checked(PublicKey const& key) {
    if (key == nullptr) return nullptr;
    std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), &EVP_PKEY_CTX_free);
    return EVP_PKEY_public_check(context.get()) == 1 ? key : nullptr;
}

PublicKey key_from(char const* type, Builder const& builder) {
    std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(
        OSSL_PARAM_BLD_to_param(builder.get()), &OSSL_PARAM_free);
    std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), &EVP_PKEY_CTX_free);
    EVP_PKEY* key = nullptr;
    if (context == nullptr || parameters == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        return nullptr;
    }
    return checked(owned(key));
}

Result<PublicKey> or_refusal(PublicKey key, char const* message) {
    ERR_clear_error();
    if (key == nullptr) return fail(Errc::kBadRequest, message);
    return key;
}

}  // namespace

Result<PublicKey> rsa_public_key(std::string_view modulus, std::string_view exponent) {
    auto const n = number(modulus);
    auto const e = number(exponent);
    int const bits = BN_num_bits(n.get());
    if (bits < kRsaBitsMin || bits > kRsaBitsMax) {
        return fail(Errc::kBadRequest, "an RSA key must have 2048 to 8192 bits");
    }
    Builder const builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return or_refusal(key_from("RSA", builder), "broken RSA key");
}

Result<PublicKey> p256_public_key(std::string_view x, std::string_view y) {
    if (x.size() != 32 || y.size() != 32) return fail(Errc::kBadRequest, "broken P-256 key");
    auto const point = '\x04' + std::string(x) + std::string(y);
    Builder const builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return or_refusal(key_from("EC", builder), "broken P-256 key");
}

Result<PublicKey> ed25519_public_key(std::string_view x) {
    auto key = owned(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(x), x.size()));
    return or_refusal(std::move(key), "broken Ed25519 key");
}

}  // namespace sewa::auth
