#include "api/client_address.h"

#include <algorithm>
#include <string_view>

namespace sewa::api {

namespace {

std::optional<net::Address> numeric_address(std::string_view text) {
    bool const is_ipv6 = text.find(':') != text.npos && !text.starts_with('[');
    auto const host = is_ipv6 ? "[" + std::string(text) + "]" : std::string(text);
    auto address = net::parse_address(host + ":0");
    if (!address || text == "localhost") return std::nullopt;
    return *address;
}

std::string_view last_entry(std::string_view list) {
    list.remove_prefix(std::min(list.rfind(',') + 1, list.size()));
    while (list.starts_with(' ') || list.starts_with('\t')) list.remove_prefix(1);
    while (list.ends_with(' ') || list.ends_with('\t')) list.remove_suffix(1);
    return list;
}

std::optional<net::Address> forwarded_for(http::Headers const& headers) {
    for (std::size_t i = headers.size(); i-- > 0;) {
        if (!http::equals_ignoring_case(headers.name(i), "X-Forwarded-For")) continue;
        return numeric_address(last_entry(headers.value(i)));
    }
    return std::nullopt;
}

ClientAddress client_of(net::Address const& address) {
    auto client = address.ip;
    if (!address.is_ipv4()) std::fill(client.begin() + 8, client.end(), std::uint8_t{0});
    return client;
}

}  // namespace

std::size_t ClientAddressHash::operator()(ClientAddress const& address) const {
    return std::hash<std::string_view>{}(
        {reinterpret_cast<char const*>(address.data()), address.size()});
}

ClientAddresses::ClientAddresses(std::vector<std::string> const& trusted_proxies) {
    for (auto const& proxy : trusted_proxies) {
        if (auto const address = numeric_address(proxy)) trusted_.push_back(*address);
    }
}

bool ClientAddresses::is_trusted(net::Address const& address) const {
    return address.is_loopback() ||
           std::any_of(trusted_.begin(), trusted_.end(),
                       [&](net::Address const& proxy) { return proxy.ip == address.ip; });
}

std::optional<ClientAddress> ClientAddresses::of(http::Request const& request) const {
    if (!is_trusted(request.remote)) return client_of(request.remote);
    auto const forwarded = forwarded_for(request.headers);
    if (!forwarded) return std::nullopt;
    return client_of(*forwarded);
}

}  // namespace sewa::api
