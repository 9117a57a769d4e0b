#include "app/build_auth.h"

#include <unistd.h>

#include "auth/secret.h"
#include "auth/signature.h"
#include "core/random.h"
#include "files/whole_file.h"

namespace sewa::app {

namespace {

constexpr std::size_t kSecretDigits = 64;

// Only when there is none.
Status make_secret(std::string const& path) {
    if (::access(path.c_str(), F_OK) == 0) return {};
    SecureRandom random;
    return files::write_whole_file(path, random.hex(kSecretDigits) + "\n");
}

// OpenSSL loads its tables at the first use: not on a shard, while the first client waits.
void load_algorithms() {
    static_cast<void>(auth::hmac_sha256("first", "use"));
}

Result<auth::AlgorithmSet> algorithms_of(config::Config const& config) {
    auth::AlgorithmSet set;
    for (auto const& name : config.jwt.algorithms) {
        auto const algorithm = auth::find_algorithm(name);
        if (!algorithm) {
            return fail(Errc::kBadRequest, "jwt.algorithms: no such algorithm: " + name);
        }
        set.add(*algorithm);
    }
    return set;
}

}  // namespace

Result<Auth> build_auth(config::Config const& config, auth::AccessTable const& access,
                        Clock const& clock) {
    auto secret_file = config.jwt.secret_file;
    bool const is_issuer = config.demo || config.accounts.enabled;
    bool const makes_own = is_issuer && secret_file.empty() && config.jwt.jwks_file.empty();
    if (makes_own) {
        // Apart, so that a token of the demo is never one of the real thing.
        auto const* const name = config.demo ? "/demo-jwt-secret" : "/jwt-secret";
        secret_file = config.data_dir + name;
        SEWA_CHECK(make_secret(secret_file));
    }
    if (secret_file.empty() && config.jwt.jwks_file.empty()) {
        return fail(Errc::kBadRequest,
                    "no keys to verify tokens with: set --jwt-secret-file (make one with `openssl "
                    "rand -base64 48`) or jwt.jwks_file, --accounts to let people register here, "
                    "or --demo to try it out");
    }
    Auth auth;
    SEWA_TRY(auto const algorithms, algorithms_of(config));
    SEWA_TRY(auth.keys, auth::KeyStore::open({secret_file, config.jwt.jwks_file, algorithms}));
    load_algorithms();
    if (is_issuer && !secret_file.empty()) {
        SEWA_TRY(auth.secret, auth::read_secret_file(secret_file));
    }
    auth::TokenRules rules;
    rules.algorithms = algorithms;
    rules.issuer = config.jwt.issuer;
    rules.audience = config.jwt.audience;
    rules.user_claim = config.jwt.user_claim;
    rules.leeway_s = static_cast<int>(config.jwt.leeway_s);
    auth.authenticator =
        std::make_unique<TokenAuthenticator>(auth::Verifier(rules, auth.keys), access, clock);
    return auth;
}

}  // namespace sewa::app
