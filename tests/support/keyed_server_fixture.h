#pragma once

#include "server_fixture.h"

namespace sewa::e2e {

// A server, and a key of its server-side API with every scope.
class KeyedServerTest : public ServerTest {
protected:
    void SetUp() override;

    // With or without a running server.
    std::string make_key(std::string const& scopes);
    std::string make_key_while_running(std::string const& scopes);

    HttpAnswer ask(std::string method, std::string const& path, std::string body,
                   std::string const& key);
    HttpAnswer ask(std::string method, std::string const& path, std::string body = {}) {
        return ask(std::move(method), path, std::move(body), key_);
    }

    std::string key_;
};

}  // namespace sewa::e2e
