#pragma once

#include "session/session.h"
#include "ws/connection.h"

namespace sewa::session {

// A session on a WebSocket. Shard-local; owned by its ws::Connection, ends with it.
class WsSession final : public ws::Handler, private Transport {
public:
    WsSession(SessionParts const& parts, SessionRequest request);

    void on_open(ws::Connection& connection) override;
    void on_text(ws::Connection& connection, std::string_view text) override;
    void on_binary(ws::Connection& connection, std::string_view bytes) override;
    void on_sign_of_life(ws::Connection& connection) override;
    void on_drained(ws::Connection& connection) override;
    void on_closed(ws::Connection& connection, std::uint16_t code) override;

private:
    bool send(SharedFrame const& frame) override;
    void send_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) override;
    void ping() override;
    void close(CloseCode code, std::string_view reason) override;
    std::size_t queued_bytes() const override;
    void log_end(ws::Connection& connection, CloseCode code, std::string_view why) const;

    ws::Connection* connection_ = nullptr;  // Set from on_open to on_closed.
    Session session_;
};

}  // namespace sewa::session
