#pragma once

#include <memory>
#include <new>

#include "session/session.h"
#include "ws/connection.h"

namespace sewa::session {

// A session on a WebSocket. Shard-local; owned by its net::Connection, ends with it. Lies in
// `SessionParts::places`.
class WsSession final : public ws::Connection, private Transport {
public:
    static std::unique_ptr<WsSession> create(Place const& place, SessionParts const& parts,
                                             SessionRequest request);
    static void operator delete(WsSession* session, std::destroying_delete_t);

private:
    WsSession(Place const& place, SessionParts const& parts, SessionRequest request);
    static void* operator new(std::size_t, Slab& places) { return places.take(); }
    static void operator delete(void* place, Slab& places) { places.give_back(place); }

    void on_begun() override { session_.start(); }
    void on_text(std::string_view text) override;
    void on_binary(std::string_view) override { session_.on_binary(); }
    void on_sign_of_life() override { session_.on_pong(); }
    void on_crumb() override { session_.on_crumb(); }
    void on_room() override { session_.on_drained(); }
    void on_ended(std::uint16_t code) override;

    bool send(SharedFrame const& frame) override;
    void send_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) override;
    void ping() override { ws::Connection::ping(); }
    void close(CloseCode code, std::string_view reason) override;
    std::size_t queued_bytes() const override { return transport().queued_bytes(); }
    void log_end(CloseCode code, std::string_view why) const;

    Session session_;
};

}  // namespace sewa::session
