#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "auth/base64url.h"
#include "auth/signature.h"

namespace sewa::auth {

// A marketplace that issues tokens with keys of its own, by OpenSSL and not by the code under test.
class IssuerForTest {
public:
    static IssuerForTest rsa(unsigned bits = 2048) {
        return IssuerForTest(Algorithm::kRs256, EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA",
                                                                  static_cast<std::size_t>(bits)));
    }
    static IssuerForTest p256() {
        return IssuerForTest(Algorithm::kEs256, EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    }
    static IssuerForTest ed25519() {
        return IssuerForTest(Algorithm::kEdDsa, EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    }

    std::string token(std::string_view header, std::string_view payload) const {
        auto const text = base64url_encode(header) + "." + base64url_encode(payload);
        return text + "." + base64url_encode(sign(text));
    }

    std::string header(std::string_view kid) const {
        return R"({"alg":")" + std::string(name(algorithm_)) + R"(","kid":")" + std::string(kid) +
               R"("})";
    }

    // The public half as a JSON Web Key; `more` is put in front of its members.
    std::string jwk(std::string_view more = {}) const {
        auto const head = "{" + std::string(more);
        if (algorithm_ == Algorithm::kRs256) {
            return head + R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
                   number(OSSL_PKEY_PARAM_RSA_E) + "\"}";
        }
        if (algorithm_ == Algorithm::kEs256) {
            return head + R"("kty":"EC","crv":"P-256","x":")" +
                   number(OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")" +
                   number(OSSL_PKEY_PARAM_EC_PUB_Y, 32) + "\"}";
        }
        return head + R"("kty":"OKP","crv":"Ed25519","x":")" + base64url_encode(raw()) + "\"}";
    }

    std::string kid_jwk(std::string_view kid) const {
        return jwk(R"("kid":")" + std::string(kid) + "\",");
    }

    // The bytes of the public key, as an attacker would use them for a secret.
    std::string raw() const {
        std::string bytes(32, '\0');
        std::size_t size = bytes.size();
        EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(bytes.data()),
                                    &size);
        return bytes;
    }

private:
    IssuerForTest(Algorithm algorithm, EVP_PKEY* key)
        : algorithm_(algorithm), key_(key, &EVP_PKEY_free) {}

    std::string number(char const* parameter, int bytes = 0) const {
        BIGNUM* value = nullptr;
        EVP_PKEY_get_bn_param(key_.get(), parameter, &value);
        std::string big_endian(static_cast<std::size_t>(bytes ? bytes : BN_num_bytes(value)), '\0');
        BN_bn2binpad(value, reinterpret_cast<unsigned char*>(big_endian.data()),
                     static_cast<int>(big_endian.size()));
        BN_free(value);
        return base64url_encode(big_endian);
    }

    std::string sign(std::string_view text) const {
        std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
        auto const* digest = algorithm_ == Algorithm::kEdDsa ? nullptr : EVP_sha256();
        EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get());
        std::string signature(1024, '\0');
        std::size_t size = signature.size();
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<unsigned char const*>(text.data()), text.size());
        signature.resize(size);
        return algorithm_ == Algorithm::kEs256 ? side_by_side(signature) : signature;
    }

    static std::string side_by_side(std::string const& der) {
        auto const* bytes = reinterpret_cast<unsigned char const*>(der.data());
        auto* pair = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
        std::string raw(64, '\0');
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(raw.data()), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
        ECDSA_SIG_free(pair);
        return raw;
    }

    Algorithm algorithm_;
    PublicKey key_;  // with its private half
};

}  // namespace sewa::auth
