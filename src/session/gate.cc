#include "session/gate.h"

#include <algorithm>
#include <array>

#include "session/ws_session.h"
#include "ws/upgrade.h"

namespace sewa::session {

namespace {

constexpr std::string_view kSubprotocol = "sewa.v1";
constexpr std::string_view kBearerSubprotocol = "bearer.";
constexpr std::string_view kBearerScheme = "Bearer ";
constexpr std::array<std::string_view, 1> kSubprotocols{kSubprotocol};

// All values of a field, joined as RFC 9110 §5.2 allows.
std::string joined(http::Headers const& headers, std::string_view name) {
    std::string all;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        if (!http::equals_ignoring_case(headers.name(i), name)) continue;
        if (!all.empty()) all += ", ";
        all += headers.value(i);
    }
    return all;
}

// Calls `visit` with each element of a comma-separated list.
template <typename Visit>
void each_element(std::string_view list, Visit visit) {
    while (!list.empty()) {
        auto const comma = std::min(list.find(','), list.size());
        auto element = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (element.starts_with(' ')) element.remove_prefix(1);
        while (element.ends_with(' ')) element.remove_suffix(1);
        visit(element);
    }
}

std::string query_value(http::Request const& request, std::string_view name) {
    return std::string(request.query.find(name).value_or(std::string_view{}));
}

void refuse(http::RequestContext& context, int status, std::string_view reason) {
    auto response = http::Response::text(status, reason);
    if (status == 503) response.header("Retry-After", "5");
    response.close();
    context.respond(std::move(response));
}

}  // namespace

void Gate::upgrade(http::RequestContext& context) {
    auto const& request = context.request();
    if (!is_allowed_origin(request)) {
        chat::add(counters_.refused_origin);
        log_refusal(request, "foreign origin");
        return refuse(context, 403, "this origin may not connect");
    }
    if (options_.sessions_max != 0 && parts_.hub.sessions().size() >= options_.sessions_max) {
        chat::add(counters_.refused_overload);
        log_refusal(request, "the server is full");
        return refuse(context, 503, "the server is full; come back in some seconds");
    }
    auto const result = ws::negotiate(request, {kSubprotocols, true});
    if (!result.accepted) {
        chat::add(counters_.refused_handshake);
        log_refusal(request, "no handshake of RFC 6455");
        return context.respond(ws::refusal_response(result.refusal));
    }
    chat::add(counters_.accepted);
    WsSession::Place const place{context.connection(), *result.accepted, codec_};
    ws::upgrade(context, *result.accepted,
                WsSession::create(place, parts_, session_request(request)));
}

void Gate::log_refusal(http::Request const& request, std::string_view why) const {
    if (parts_.log == nullptr) return;
    parts_.log->limited(observe::Level::kInfo, "upgrade_refused",
                        {{"why", why},
                         {"origin", request.headers.find("Origin").value_or("none")},
                         {"from", request.remote.text()}});
}

// Browsers send Origin; a page of another site must not ride on a person's credentials. Other
// clients send none.
bool Gate::is_allowed_origin(http::Request const& request) const {
    auto const origin = request.headers.find("Origin");
    if (!origin) return true;
    auto const& allowed = options_.origins;
    if (std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) return true;
    auto const host = request.headers.find("Host");
    return host && (*origin == "http://" + std::string(*host) ||
                    *origin == "https://" + std::string(*host));
}

SessionRequest Gate::session_request(http::Request const& request) const {
    SessionRequest wanted;
    wanted.version = query_value(request, "v");
    wanted.user_id = query_value(request, "user_id");
    wanted.since = query_value(request, "since");
    wanted.credential = credential_of(request);
    if (wanted.version.empty()) {
        each_element(joined(request.headers, "Sec-WebSocket-Protocol"), [&](std::string_view name) {
            if (name == kSubprotocol) wanted.version = "1";
        });
    }
    return wanted;
}

Result<auth::Claims> Gate::claims_of_ticket(std::string_view ticket) const {
    SEWA_TRY(auto claims, tickets_.redeem(ticket));
    SEWA_CHECK(parts_.authenticator.recheck(claims));
    return claims;
}

// The first way of C-1 that is present; none: an `auth` frame has to come.
std::optional<Result<auth::Claims>> Gate::credential_of(http::Request const& request) const {
    if (auto const ticket = request.query.find("ticket")) return claims_of_ticket(*ticket);
    if (auto const token = request.query.find("token")) return parts_.authenticator.verify(*token);
    if (auto const header = request.headers.find("Authorization")) {
        if (!header->starts_with(kBearerScheme)) {
            return fail(Errc::kUnauthorized, "use Authorization: Bearer <token>");
        }
        return parts_.authenticator.verify(header->substr(kBearerScheme.size()));
    }
    std::optional<Result<auth::Claims>> found;
    each_element(joined(request.headers, "Sec-WebSocket-Protocol"), [&](std::string_view name) {
        if (found || !name.starts_with(kBearerSubprotocol)) return;
        found = parts_.authenticator.verify(name.substr(kBearerSubprotocol.size()));
    });
    return found;
}

}  // namespace sewa::session
