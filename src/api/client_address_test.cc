#include "api/client_address.h"

#include <gtest/gtest.h>

namespace sewa::api {
namespace {

std::optional<ClientAddress> address_of(std::string_view remote,
                                        std::vector<std::string_view> forwarded = {}) {
    http::Request request;
    request.remote = net::parse_address(remote).value();
    request.headers.add("X-Other", "198.51.100.99");
    for (auto const entry : forwarded) request.headers.add("x-forwarded-for", entry);
    return ClientAddresses({"192.0.2.1", "2001:db8::1", "nonsense"}).of(request);
}

auto client(std::string_view address) {
    return std::optional(net::parse_address(address).value().ip);
}

TEST(ClientAddresses, a_stranger_is_believed_nothing) {
    EXPECT_EQ(address_of("198.51.100.7:40000"), client("198.51.100.7:0"));
    EXPECT_EQ(address_of("198.51.100.7:40000", {"203.0.113.1"}), client("198.51.100.7:0"));
}

TEST(ClientAddresses, a_proxy_names_its_client_last) {
    for (auto const* proxy : {"192.0.2.1:1", "[2001:db8::1]:1", "127.0.0.1:1", "[::1]:1"}) {
        EXPECT_EQ(address_of(proxy, {"1.2.3.4, 203.0.113.9"}), client("203.0.113.9:0")) << proxy;
        EXPECT_EQ(address_of(proxy, {"1.2.3.4", " 203.0.113.9 "}), client("203.0.113.9:0"));
    }
}

TEST(ClientAddresses, local_programs_and_silent_proxies_have_none) {
    EXPECT_EQ(address_of("127.0.0.1:1"), std::nullopt);
    EXPECT_EQ(address_of("192.0.2.1:1"), std::nullopt);
    for (auto const* bad : {"", "unknown", "localhost", "1.2.3", "_hidden", "1.2.3.4,"}) {
        EXPECT_EQ(address_of("127.0.0.1:1", {bad}), std::nullopt) << bad;
    }
}

TEST(ClientAddresses, a_network_of_IPv6_is_one_client) {
    EXPECT_EQ(address_of("[2001:db8:1:2:3:4:5:6]:1"), client("[2001:db8:1:2::]:0"));
    EXPECT_EQ(address_of("[2001:db8:1:2::9]:1"), client("[2001:db8:1:2::]:0"));
    EXPECT_NE(address_of("[2001:db8:1:3::9]:1"), client("[2001:db8:1:2::]:0"));
}

}  // namespace
}  // namespace sewa::api
