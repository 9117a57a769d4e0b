#include "auth/key_store.h"

#include "auth/jwks.h"
#include "auth/secret.h"

namespace sewa::auth {
namespace {

Result<Keys> load(KeyFiles const& files) {
    Keys keys;
    if (!files.jwks_file.empty()) {
        SEWA_TRY(auto const json, read_key_file(files.jwks_file, kJwksBytesMax));
        auto parsed = parse_jwks(json, files.algorithms);
        if (!parsed)
            return fail(Errc::kBadRequest, files.jwks_file + ": " + parsed.error().message);
        keys = *std::move(parsed);
    }
    if (!files.secret_file.empty()) {
        SEWA_TRY(auto secret, read_secret_file(files.secret_file));
        SEWA_CHECK(keys.add({Algorithm::kHs256, {}, std::move(secret), {}}));
    }
    if (keys.size() == 0) {
        return fail(Errc::kBadRequest,
                    "no key to verify tokens with; set jwt.secret_file or "
                    "jwt.jwks_file, or start with --demo");
    }
    return keys;
}

}  // namespace

Result<std::shared_ptr<KeyStore>> KeyStore::open(KeyFiles files) {
    std::shared_ptr<KeyStore> store(
        new KeyStore(std::move(files), nullptr));  // private constructor
    SEWA_CHECK(store->reload());
    return store;
}

std::shared_ptr<KeyStore> KeyStore::fixed(Keys keys) {
    auto frozen = std::make_shared<Keys const>(std::move(keys));
    return std::shared_ptr<KeyStore>(new KeyStore({}, std::move(frozen)));  // private constructor
}

std::shared_ptr<Keys const> KeyStore::current() const {
    std::scoped_lock const lock(mutex_);
    return keys_;
}

Status KeyStore::reload() {
    if (files_.secret_file.empty() && files_.jwks_file.empty() && current() != nullptr) return {};
    // Before reading: a file written meanwhile is then read again at the next poll.
    auto const before = stamps();
    auto loaded = load(files_);
    std::scoped_lock const lock(mutex_);
    // Also after a failure, so that one broken file is reported once and not at each poll.
    seen_ = before;
    if (!loaded) return fail(std::move(loaded).error());
    keys_ = std::make_shared<Keys const>(*std::move(loaded));
    return {};
}

Result<bool> KeyStore::reload_if_changed() {
    auto const now = stamps();
    {
        std::scoped_lock const lock(mutex_);
        if (seen_ == now) return false;
    }
    SEWA_CHECK(reload());
    return true;
}

KeyStore::Stamps KeyStore::stamps() const {
    return {stamp_of(files_.secret_file), stamp_of(files_.jwks_file)};
}

}  // namespace sewa::auth
