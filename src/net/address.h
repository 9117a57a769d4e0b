#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

struct sockaddr_storage;

namespace sewa::net {

// A numeric IP address and port; IPv4 as ::ffff:a.b.c.d. All zero when there is none (a socket
// that is no internet socket).
struct Address {
    std::array<std::uint8_t, 16> ip{};
    std::uint16_t port = 0;

    friend bool operator==(Address const&, Address const&) = default;
    bool is_ipv4() const;
    bool is_loopback() const;
    // "192.0.2.1" or "2001:db8::1".
    std::string host() const;
    // "192.0.2.1:80" or "[2001:db8::1]:80".
    std::string text() const;
};

// "127.0.0.1:8000", "[::1]:8000", "localhost:8000"; port 0 lets the system choose. No name look-up.
Result<Address> parse_address(std::string_view text);

Address from_sockaddr(sockaddr_storage const& storage);
// Returns the length that belongs to `storage`.
unsigned to_sockaddr(Address const& address, sockaddr_storage& storage);

}  // namespace sewa::net
