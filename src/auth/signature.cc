#include "auth/signature.h"

#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/assert.h"

namespace sewa::auth {
namespace {

constexpr std::size_t kEs256HalfBytes = 32;

unsigned char const* bytes(std::string_view text) {
    return reinterpret_cast<unsigned char const*>(text.data());
}

// RFC 7518 §3.4 has r and s side by side; OpenSSL wants them in DER. Empty when that cannot be.
std::string es256_to_der(std::string_view raw) {
    if (raw.size() != 2 * kEs256HalfBytes) return {};
    std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), &ECDSA_SIG_free);
    auto* r = BN_bin2bn(bytes(raw), kEs256HalfBytes, nullptr);
    auto* s = BN_bin2bn(bytes(raw) + kEs256HalfBytes, kEs256HalfBytes, nullptr);
    if (pair == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        return {};
    }
    unsigned char* der = nullptr;
    int const size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0) return {};
    std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

bool digest_verifies(Key const& key, std::string_view text, std::string_view signature) {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                    &EVP_MD_CTX_free);
    // Ed25519 hashes by itself; naming a digest is an error.
    auto const* digest = key.algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
    bool const good =
        context != nullptr && !signature.empty() &&
        EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.public_key.get()) == 1 &&
        EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text),
                         text.size()) == 1;
    // OpenSSL queues its errors per thread; TLS on the same thread would misread ours.
    if (!good) ERR_clear_error();
    return good;
}

bool hmac_matches(Key const& key, std::string_view text, std::string_view signature) {
    auto const expected = hmac_sha256(key.secret, text);
    return signature.size() == expected.size() &&
           CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
}

}  // namespace

std::string hmac_sha256(std::string_view secret, std::string_view text) {
    std::string mac(32, '\0');
    std::size_t size = 0;
    auto* const done = EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, secret.data(),
                                 secret.size(), bytes(text), text.size(),
                                 reinterpret_cast<unsigned char*>(mac.data()), mac.size(), &size);
    SEWA_ASSERT(done != nullptr && size == mac.size());
    return mac;
}

bool signature_matches(Key const& key, std::string_view text, std::string_view signature) {
    switch (key.algorithm) {
        case Algorithm::kHs256:
            return hmac_matches(key, text, signature);
        case Algorithm::kEs256:
            return digest_verifies(key, text, es256_to_der(signature));
        case Algorithm::kRs256:
        case Algorithm::kEdDsa:
            return digest_verifies(key, text, signature);
    }
    return false;
}

}  // namespace sewa::auth
