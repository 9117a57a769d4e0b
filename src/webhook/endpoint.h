#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::webhook {

// Where webhooks go, from an http or https address.
struct Endpoint {
    bool is_secure = false;
    std::string host;  // A name or a number, without brackets.
    std::string port;
    std::string target;  // Path and query.

    // As in a Host header.
    std::string authority() const;
    // For people: without the query, which may hold a secret.
    std::string text() const;
};

// Start-up. Fails with kBadRequest for another scheme, a user name, a fragment, or no host.
Result<Endpoint> parse_endpoint(std::string_view url);

}  // namespace sewa::webhook
