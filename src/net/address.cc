#include "net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sewa::net {

namespace {

constexpr std::array<std::uint8_t, 12> kIpv4Prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

auto bad_address(std::string_view text) {
    return fail(Errc::kBadRequest,
                fmt::format("'{}' is no address: write 127.0.0.1:8000 or [::1]:8000", text));
}

bool parse_port(std::string_view text, std::uint16_t& port) {
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    return failure == std::errc{} && end == text.data() + text.size() && !text.empty();
}

bool parse_ipv4(std::string const& host, Address& address) {
    std::copy(kIpv4Prefix.begin(), kIpv4Prefix.end(), address.ip.begin());
    return inet_pton(AF_INET, host.c_str(), address.ip.data() + kIpv4Prefix.size()) == 1;
}

}  // namespace

bool Address::is_ipv4() const {
    return std::equal(kIpv4Prefix.begin(), kIpv4Prefix.end(), ip.begin());
}

bool Address::is_loopback() const {
    if (is_ipv4()) return ip[12] == 127;
    return ip.back() == 1 && std::all_of(ip.begin(), ip.end() - 1, [](auto b) { return b == 0; });
}

std::string Address::host() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_ipv4()) {
        inet_ntop(AF_INET, ip.data() + kIpv4Prefix.size(), text.data(), text.size());
    } else {
        inet_ntop(AF_INET6, ip.data(), text.data(), text.size());
    }
    return text.data();
}

std::string Address::text() const {
    if (is_ipv4()) return fmt::format("{}:{}", host(), port);
    return fmt::format("[{}]:{}", host(), port);
}

Result<Address> parse_address(std::string_view text) {
    auto const colon = text.rfind(':');
    Address address;
    if (colon == std::string_view::npos || !parse_port(text.substr(colon + 1), address.port)) {
        return bad_address(text);
    }
    std::string host(text.substr(0, colon));
    if (host == "localhost") host = "127.0.0.1";
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        if (inet_pton(AF_INET6, host.c_str(), address.ip.data()) != 1) return bad_address(text);
        return address;
    }
    if (!parse_ipv4(host, address)) return bad_address(text);
    return address;
}

Address from_sockaddr(sockaddr_storage const& storage) {
    Address address;
    if (storage.ss_family == AF_INET) {
        auto const& in = reinterpret_cast<sockaddr_in const&>(storage);
        std::copy(kIpv4Prefix.begin(), kIpv4Prefix.end(), address.ip.begin());
        std::memcpy(address.ip.data() + kIpv4Prefix.size(), &in.sin_addr, sizeof in.sin_addr);
        address.port = ntohs(in.sin_port);
    } else if (storage.ss_family == AF_INET6) {
        auto const& in = reinterpret_cast<sockaddr_in6 const&>(storage);
        std::memcpy(address.ip.data(), &in.sin6_addr, sizeof in.sin6_addr);
        address.port = ntohs(in.sin6_port);
    }
    return address;
}

unsigned to_sockaddr(Address const& address, sockaddr_storage& storage) {
    storage = {};
    if (address.is_ipv4()) {
        auto& in = reinterpret_cast<sockaddr_in&>(storage);
        in.sin_family = AF_INET;
        in.sin_port = htons(address.port);
        std::memcpy(&in.sin_addr, address.ip.data() + kIpv4Prefix.size(), sizeof in.sin_addr);
        return sizeof in;
    }
    auto& in = reinterpret_cast<sockaddr_in6&>(storage);
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port);
    std::memcpy(&in.sin6_addr, address.ip.data(), sizeof in.sin6_addr);
    return sizeof in;
}

}  // namespace sewa::net
