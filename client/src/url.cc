#include "url.h"

#include <algorithm>

namespace sewa::client {
namespace {

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_host(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c != 0x7F && c != '@' && c != '/' && c != '\\';
    });
}

}  // namespace

std::string Url::authority() const {
    auto const name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return name + ":" + port;
}

Result<Url> parse_url(std::string_view text) {
    auto const wrong = [] {
        return fail(Errc::kBadRequest, "an address looks like ws://127.0.0.1:8000", "url");
    };
    Url url;
    auto const colon = text.find("://");
    if (colon == std::string_view::npos) return wrong();
    auto const scheme = text.substr(0, colon);
    url.secure = scheme == "wss" || scheme == "https";
    if (!url.secure && scheme != "ws" && scheme != "http") return wrong();
    auto rest = text.substr(colon + 3);
    auto const slash = std::min(rest.find_first_of("/?#"), rest.size());
    url.path = rest.substr(slash);
    url.path.resize(std::min(url.path.find_first_of("?#"), url.path.size()));
    if (url.path.empty() || url.path == "/") url.path = "/ws/messaging/";
    auto authority = rest.substr(0, slash);
    auto const bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == std::string_view::npos) return wrong();
    auto const split = authority.find(':', bracket);
    url.host = authority.substr(0, split);
    if (bracket > 0) url.host = url.host.substr(1, bracket - 1);
    url.port = url.secure ? "443" : "80";
    if (split != std::string_view::npos) url.port = authority.substr(split + 1);
    if (!is_host(url.host) || !is_port(url.port)) return wrong();
    return url;
}

}  // namespace sewa::client
