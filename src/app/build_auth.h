#pragma once

#include <memory>
#include <string>

#include "app/token_authenticator.h"
#include "auth/key_store.h"
#include "config/config.h"

namespace sewa::app {

struct Auth {
    std::shared_ptr<auth::KeyStore> keys;
    std::unique_ptr<TokenAuthenticator> authenticator;
    std::string secret;  // Demo mode's own, to issue tokens with; empty otherwise.
};

// Start-up. Demo mode without a secret of its own makes one and keeps it in the data folder, so
// that tokens survive a restart.
Result<Auth> build_auth(config::Config const& config, auth::AccessTable const& access,
                        Clock const& clock);

}  // namespace sewa::app
