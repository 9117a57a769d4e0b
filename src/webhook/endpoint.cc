#include "webhook/endpoint.h"

#include <algorithm>

namespace sewa::webhook {

namespace {

tl::unexpected<Error> refuse(std::string reason) {
    return fail(Errc::kBadRequest, "webhooks.url: " + std::move(reason), "webhooks.url");
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

Status split_authority(std::string_view authority, Endpoint& endpoint) {
    auto port_at = authority.rfind(':');
    if (authority.starts_with('[')) {
        auto const end = authority.find(']');
        if (end == authority.npos) return refuse("a bracket is missing");
        endpoint.host = authority.substr(1, end - 1);
        port_at = end + 1 < authority.size() ? end + 1 : authority.npos;
    } else {
        endpoint.host = authority.substr(0, port_at);
    }
    if (endpoint.host.empty()) return refuse("it names no host");
    if (port_at == authority.npos) return {};
    auto const port = authority.substr(port_at + 1);
    bool const is_number =
        !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
    if (authority[port_at] != ':' || !is_number) return refuse("its port is no number");
    endpoint.port = port;
    return {};
}

}  // namespace

std::string Endpoint::authority() const {
    auto const name = host.find(':') == host.npos ? host : "[" + host + "]";
    bool const is_usual = port == (is_secure ? "443" : "80");
    return is_usual ? name : name + ":" + port;
}

std::string Endpoint::text() const {
    return (is_secure ? "https://" : "http://") + authority() + target.substr(0, target.find('?'));
}

Result<Endpoint> parse_endpoint(std::string_view url) {
    Endpoint endpoint;
    if (!is_plain(url)) return refuse("it holds characters that an address cannot have");
    endpoint.is_secure = url.starts_with("https://");
    if (!endpoint.is_secure && !url.starts_with("http://")) {
        return refuse("it must begin with https:// or http://");
    }
    url.remove_prefix(endpoint.is_secure ? 8 : 7);
    auto const slash = std::min(url.find_first_of("/?#"), url.size());
    auto const authority = url.substr(0, slash);
    endpoint.target = url.substr(slash);
    if (authority.find('@') != authority.npos) return refuse("put no user name into it");
    if (endpoint.target.find('#') != std::string::npos) return refuse("it has a fragment");
    if (!endpoint.target.starts_with('/')) endpoint.target.insert(0, "/");
    endpoint.port = endpoint.is_secure ? "443" : "80";
    SEWA_CHECK(split_authority(authority, endpoint));
    return endpoint;
}

}  // namespace sewa::webhook
