#pragma once

#include "http/connection.h"
#include "http/router.h"
#include "net/loopback_for_test.h"

namespace sewa::http {

// A router on one loop, driven by the test's thread.
struct TestServer : net::Loopback {
    explicit TestServer(net::ConnectionOptions net = {}) : net::Loopback(net) {}

    net::Peer connect() {
        return net::Loopback::connect(std::make_unique<Connection>(router, options));
    }

    Router router;
    HttpOptions options;
};

}  // namespace sewa::http
