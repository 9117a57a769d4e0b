#include "session/ws_session.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace sewa::session {

WsSession::WsSession(SessionParts const& parts, SessionRequest request) : session_(parts, *this) {
    session_.prepare(std::move(request));
}

void WsSession::on_open(ws::Connection& connection) {
    connection_ = &connection;
    session_.start();
}

// An exception (memory, a library) ends this connection and nobody else's; the client resumes.
void WsSession::on_text(ws::Connection& connection, std::string_view text) {
    try {
        session_.on_text(text);
    } catch (std::exception const&) {
        session_.count_exception();
        connection.close(CloseCode::kGoingAway, "internal error; reconnect and resume");
    }
}

void WsSession::on_binary(ws::Connection&, std::string_view) {
    session_.on_binary();
}

void WsSession::on_sign_of_life(ws::Connection&) {
    session_.on_pong();
}

void WsSession::on_drained(ws::Connection&) {
    session_.on_drained();
}

void WsSession::on_closed(ws::Connection& connection, std::uint16_t code) {
    connection_ = nullptr;
    if (session_.count_violation(code)) {
        log_end(connection, static_cast<CloseCode>(code), "it broke the rules of RFC 6455");
    }
    session_.on_transport_closed();
}

bool WsSession::send(SharedFrame const& frame) {
    // To a connection that is going down anything may be sent: it is resumed from the log.
    return connection_ == nullptr || !connection_->is_open() || connection_->send_text(frame);
}

void WsSession::send_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) {
    if (connection_ != nullptr)
        connection_->send_ephemeral(frame, static_cast<net::EphemeralKind>(kind), key);
}

void WsSession::ping() {
    if (connection_ != nullptr) connection_->ping();
}

void WsSession::close(CloseCode code, std::string_view reason) {
    if (connection_ == nullptr) return;
    if (code != CloseCode::kDraining) log_end(*connection_, code, reason);
    connection_->close(code, reason);
}

// Of each code its own budget of lines: a flood of one kind does not hide the others.
void WsSession::log_end(ws::Connection& connection, CloseCode code, std::string_view why) const {
    auto* const log = session_.log();
    if (log == nullptr || !log->writes(observe::Level::kInfo)) return;
    log->limited(observe::Level::kInfo, fmt::format("session_ended_{}", static_cast<int>(code)),
                 {{"user", session_.user()},
                  {"from", connection.transport().remote_address().text()},
                  {"why", why}});
}

std::size_t WsSession::queued_bytes() const {
    return connection_ == nullptr ? 0 : connection_->transport().queued_bytes();
}

}  // namespace sewa::session
