#include "auth/password.h"

#include <sodium.h>

#include <array>

#include "core/random.h"

namespace sewa::auth {

std::string hash_password(std::string const& password) {
    if (sodium_init() < 0) return {};
    std::array<char, crypto_pwhash_STRBYTES> text{};
    bool const is_good = crypto_pwhash_str_alg(text.data(), password.data(), password.size(),
                                               crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                               crypto_pwhash_MEMLIMIT_INTERACTIVE,
                                               crypto_pwhash_ALG_ARGON2ID13) == 0;
    return is_good ? text.data() : std::string{};
}

bool password_matches(std::string const& hash, std::string const& password) {
    if (sodium_init() < 0) return false;
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

std::string const& hash_of_nobody() {
    static std::string const hash = hash_password(SecureRandom().hex(64));
    return hash;
}

}  // namespace sewa::auth
