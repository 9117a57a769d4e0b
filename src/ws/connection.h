#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/shared_frame.h"
#include "net/connection.h"
#include "ws/codec.h"
#include "ws/decoder.h"
#include "ws/handshake.h"

namespace sewa::ws {

class Connection;

// RFC 6455 §7.1.5: the stream ended without a close frame. Never on the wire.
inline constexpr std::uint16_t kAbnormalClosure = 1006;

// What an application does with one connection. Owned by it and destroyed with it; called on its
// shard. Views are valid during the call only. Any method may send, close or abort.
class Handler {
public:
    virtual ~Handler() = default;

    // The handshake is answered; frames may be sent.
    virtual void on_open(Connection&) {}
    virtual void on_text(Connection& connection, std::string_view text) = 0;
    virtual void on_binary(Connection& connection, std::string_view bytes) = 0;

    // Any ping or pong of the peer. Pings are answered already.
    virtual void on_sign_of_life(Connection&) {}

    // The output queue has room again after having been long.
    virtual void on_drained(Connection&) {}

    // Exactly once, as last call, unless the process ends first: the peer's code, the code of the
    // rule it broke, kNoStatus, or kAbnormalClosure. Nothing can be sent any more.
    virtual void on_closed(Connection& connection, std::uint16_t code) = 0;
};

// One WebSocket connection over a net::Connection, which owns it.
//
// Shard-local. Answers pings, runs the closing handshake, compresses what is long enough. 64 bytes
// besides the handler; more only while a message is incomplete or the connection is closing.
//
// Whatever breaks RFC 6455 is answered with its close code and ends the connection; the handler
// hears of it by `on_closed` alone.
class Connection final : public net::Protocol {
public:
    // To be given to `transport.upgrade` behind the 101 response. `codec` outlives the connection.
    static std::unique_ptr<Connection> create(net::Connection& transport,
                                              Handshake const& handshake, Codec& codec,
                                              std::unique_ptr<Handler> handler);
    ~Connection() override;

    // False when the output queue is full; the frame is not queued then. Close with kSlowConsumer.
    [[nodiscard]] bool send_text(SharedFrame const& frame);

    // May be shed or replaced; see net::Connection.
    bool send_ephemeral(SharedFrame const& frame, net::EphemeralKind kind, std::uint64_t key);

    // Encoded for this receiver alone.
    [[nodiscard]] bool send_binary(std::string_view bytes);
    void ping();

    // Sends a close frame behind what is queued and waits for the peer's, at most
    // `close_wait_ms_max`. Messages that still arrive are ignored. `reason` is cut to 123 bytes.
    void close(CloseCode code, std::string_view reason);

    // Ends it without a close frame at the end of the turn.
    void abort() { transport_.abort(); }

    // Called from on_text or on_binary, the next message comes after `resume_reading` only.
    void pause_reading();
    void resume_reading() { transport_.resume_reading(); }

    bool is_open() const { return state_ == State::kOpen && transport_.is_open(); }
    net::Connection& transport() { return transport_; }
    Handler& handler() { return *handler_; }

private:
    class CloseDeadline;
    class Incoming;

    enum class State : std::uint8_t {
        kOpen,
        kCloseSent,  // We closed first; the peer's close frame is missing.
        kEnded,      // The handler heard on_closed.
    };

    Connection(net::Connection& transport, Handshake const& handshake, Codec& codec,
               std::unique_ptr<Handler> handler);

    void on_open(net::Connection& transport) override;
    std::size_t on_bytes(net::Connection& transport, std::span<char> bytes) override;
    void on_drained(net::Connection& transport) override;
    void on_closed(net::Connection& transport) override;

    bool compresses(std::size_t payload_bytes) const;
    bool send_close(std::uint16_t code, std::string_view reason);
    void end(std::uint16_t code);

    net::Connection& transport_;
    Codec& codec_;
    std::unique_ptr<Handler> handler_;
    std::unique_ptr<CloseDeadline> close_deadline_;  // Null unless kCloseSent.
    [[no_unique_address]] Decoder decoder_;          // What follows lies in its padding.
    State state_ = State::kOpen;
    std::uint8_t deflate_window_bits_;  // 0: not negotiated.
};

static_assert(sizeof(Connection) <= 64);

}  // namespace sewa::ws
