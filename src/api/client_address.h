#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/request.h"

namespace sewa::api {

// What stands for one client: an IPv4 address, or the first 64 bits of an IPv6 address, because a
// customer of a provider has all the rest.
using ClientAddress = std::array<std::uint8_t, 16>;

struct ClientAddressHash {
    std::size_t operator()(ClientAddress const& address) const;
};

// Where requests come from. Behind a proxy that is the last entry of X-Forwarded-For, which the
// proxy itself wrote; what stands before it anybody can claim. Frozen.
class ClientAddresses {
public:
    // Numeric addresses of proxies; this machine's own are trusted always. One that cannot be read
    // is left out.
    explicit ClientAddresses(std::vector<std::string> const& trusted_proxies);

    // nullopt: a program of this machine, or a proxy that does not say.
    std::optional<ClientAddress> of(http::Request const& request) const;

private:
    bool is_trusted(net::Address const& address) const;

    std::vector<net::Address> trusted_;
};

}  // namespace sewa::api
