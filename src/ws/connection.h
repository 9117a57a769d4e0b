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

// RFC 6455 §7.1.5: the stream ended without a close frame. Never on the wire.
inline constexpr std::uint16_t kAbnormalClosure = 1006;

// One WebSocket connection over a net::Connection, which owns it. An application derives from it,
// so that both are one object.
//
// Shard-local. Answers pings, runs the closing handshake, compresses what is long enough. 56 bytes;
// more only while a message is incomplete or the connection is closing.
//
// Whatever breaks RFC 6455 is answered with its close code and ends the connection; the application
// hears of it by `on_ended` alone.
class Connection : public net::Protocol {
public:
    // Where it begins: `transport.upgrade` behind the 101 response. `codec` outlives it.
    struct Place {
        net::Connection& transport;
        Handshake const& handshake;
        Codec& codec;
    };
    explicit Connection(Place const& place);
    ~Connection() override;

    // False when the output queue is full; the frame is not queued then. Close with kSlowConsumer.
    [[nodiscard]] bool send_text(SharedFrame const& frame);

    // May be shed or replaced; see net::Connection.
    bool send_ephemeral(SharedFrame const& frame, net::EphemeralKind kind, std::uint64_t key);

    // Encoded for this receiver alone.
    [[nodiscard]] bool send_binary(std::string_view bytes);
    void ping();

    // Sends a close frame behind what is queued and waits for the peer's, at most
    // `close_wait_ms_max`. Messages that still arrive are ignored, and end it when they are more
    // than 256 KiB. `reason` is cut to 123 bytes.
    void close(CloseCode code, std::string_view reason);

    // Ends it without a close frame at the end of the turn.
    void abort() { transport_.abort(); }

    // Called from on_text or on_binary, the next message comes after `resume_reading` only.
    void pause_reading();
    void resume_reading() { transport_.resume_reading(); }

    bool is_open() const { return state_ == State::kOpen && transport_.is_open(); }
    net::Connection& transport() const { return transport_; }

protected:
    // What the application does; called on its shard. Views are valid during the call only. Each
    // may send, close or abort.

    // The handshake is answered; frames may be sent.
    virtual void on_begun() {}
    virtual void on_text(std::string_view text) = 0;
    virtual void on_binary(std::string_view bytes) = 0;

    // Any ping or pong of the peer. Pings are answered already.
    virtual void on_sign_of_life() {}

    // Less than `kCrumbBytes` came, after as little before it, and completed no message: what a
    // peer in good faith sends once in a message at most, its header apart from the rest.
    virtual void on_crumb() {}

    // The output queue has room again after having been long.
    virtual void on_room() {}

    // Exactly once, as last call, unless the process ends first: the peer's code, the code of the
    // rule it broke, kNoStatus, or kAbnormalClosure. Nothing can be sent any more.
    virtual void on_ended(std::uint16_t code) = 0;

private:
    static constexpr std::size_t kCrumbBytes = 64;

    class CloseDeadline;
    class Incoming;

    enum class State : std::uint8_t {
        kOpen,
        kCloseSent,  // We closed first; the peer's close frame is missing.
        kEnded,      // The application heard on_ended.
    };

    void on_open(net::Connection& transport) final;
    std::size_t on_bytes(net::Connection& transport, std::span<char> bytes) final;
    void on_drained(net::Connection& transport) final;
    void on_closed(net::Connection& transport) final;

    bool compresses(std::size_t payload_bytes) const;
    bool send_close(std::uint16_t code, std::string_view reason);
    void end(std::uint16_t code);

    net::Connection& transport_;
    Codec& codec_;
    std::unique_ptr<CloseDeadline> close_deadline_;  // Null unless kCloseSent.
    [[no_unique_address]] Decoder decoder_;          // What follows lies in its padding.
    State state_ = State::kOpen;
    bool is_crumbling_ = false;         // What came last was a crumb.
    std::uint8_t deflate_window_bits_;  // 0: not negotiated.
};

static_assert(sizeof(Connection) <= 56);

}  // namespace sewa::ws
