#include "session/ws_session.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace sewa::session {

std::unique_ptr<WsSession> WsSession::create(Place const& place, SessionParts const& parts,
                                             SessionRequest request) {
    auto* const session = new (*parts.places) WsSession(place, parts, std::move(request));
    return std::unique_ptr<WsSession>(session);
}

WsSession::WsSession(Place const& place, SessionParts const& parts, SessionRequest request)
    : Connection(place), session_(parts, *this) {
    session_.prepare(std::move(request));
}

void WsSession::operator delete(WsSession* session, std::destroying_delete_t) {
    auto& places = *session->session_.parts().places;
    session->~WsSession();
    places.give_back(session);
}

// An exception (memory, a library) ends this connection and nobody else's; the client resumes.
void WsSession::on_text(std::string_view text) {
    try {
        session_.on_text(text);
    } catch (std::exception const&) {
        session_.count_exception();
        ws::Connection::close(CloseCode::kGoingAway, "internal error; reconnect and resume");
    }
}

void WsSession::on_ended(std::uint16_t code) {
    if (session_.count_violation(code)) {
        log_end(static_cast<CloseCode>(code), "it broke the rules of RFC 6455");
    }
    session_.on_transport_closed();
}

bool WsSession::send(SharedFrame const& frame) {
    // To a connection that is going down anything may be sent: it is resumed from the log.
    return !is_open() || send_text(frame);
}

void WsSession::send_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) {
    ws::Connection::send_ephemeral(frame, static_cast<net::EphemeralKind>(kind), key);
}

void WsSession::close(CloseCode code, std::string_view reason) {
    if (code != CloseCode::kDraining) log_end(code, reason);
    ws::Connection::close(code, reason);
}

// Of each code its own budget of lines: a flood of one kind does not hide the others.
void WsSession::log_end(CloseCode code, std::string_view why) const {
    auto* const log = session_.parts().log;
    if (log == nullptr || !log->writes(observe::Level::kInfo)) return;
    log->limited(
        observe::Level::kInfo, fmt::format("session_ended_{}", static_cast<int>(code)),
        {{"user", session_.user()}, {"from", transport().remote_address().text()}, {"why", why}});
}

}  // namespace sewa::session
