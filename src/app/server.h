#pragma once

#include <memory>

#include "config/config.h"
#include "core/result.h"
#include "net/address.h"

namespace sewa::app {

// The whole server: store, shards, listeners, housekeeping. Start-up.
class Server {
public:
    // Builds everything in order and accepts connections when it returns. Fails with words for
    // people: a port in use, a data folder in use, a weak secret, …
    static Result<std::unique_ptr<Server>> start(config::Config const& config);
    virtual ~Server() = default;

    // Where it listens; the port is real even when 0 was asked for.
    virtual net::Address address() const = 0;

    // Stops accepting, tells the clients, waits for what is queued, closes the store (C-10).
    virtual void stop() = 0;

    // SIGHUP: certificates, secret and key files.
    virtual void reload() = 0;
};

}  // namespace sewa::app
