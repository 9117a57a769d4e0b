#include "ws/upgrade.h"

namespace sewa::ws {

namespace {

std::string joined_values(http::Headers const& headers, std::string_view name) {
    std::string joined;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!http::equals_ignoring_case(headers.name(i), name)) continue;
        if (!joined.empty()) joined += ", ";
        joined += headers.value(i);
    }
    return joined;
}

}  // namespace

HandshakeResult negotiate(http::Request const& request, HandshakeOptions const& options) {
    HandshakeRequest const handshake{
        .method = http::to_string(request.method),
        .http_version = request.is_http_1_0 ? 10 : 11,
        .header = [&](std::string_view name) { return joined_values(request.headers, name); },
    };
    return negotiate(handshake, options);
}

http::Response refusal_response(HandshakeRefusal const& refusal) {
    auto response = http::Response::text(refusal.status, std::string(refusal.reason) + "\n");
    for (auto const& [name, value] : refusal.headers) {
        if (!name.empty()) response.header(name, value);
    }
    return response;
}

void upgrade(http::RequestContext& context, Handshake const& handshake,
             std::unique_ptr<Connection> next) {
    context.upgrade(handshake.response(), std::move(next));
}

}  // namespace sewa::ws
