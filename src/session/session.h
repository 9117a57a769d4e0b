#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "chat/hub.h"
#include "core/clock.h"
#include "core/random.h"
#include "core/slab.h"
#include "core/token_bucket.h"
#include "observe/log.h"
#include "observe/metrics.h"
#include "session/authenticator.h"
#include "session/replay.h"
#include "session/session_limits.h"
#include "session/transport.h"
#include "shard/timer_wheel.h"
#include "wire/decode.h"
#include "wire/session_frames.h"

namespace sewa::session {

// What the sessions of one shard share; all of it outlives them.
struct SessionParts {
    chat::Hub& hub;
    store::Store const& store;
    wire::Decoder& decoder;
    Authenticator const& authenticator;
    shard::TimerWheel& timers;
    Clock const& clock;
    Random& random;
    SessionLimits const& limits;
    SessionCounters& counters;
    observe::MetricSlot* metrics = nullptr;  // Null: not measured.
    observe::Log* log = nullptr;             // Null: nothing is written.
    Slab* places = nullptr;                  // Of a WsSession each; null where there is none.
};

// What the client asked for when it connected.
struct SessionRequest {
    std::string version;                             // `v`; empty: base mode.
    std::string user_id;                             // Never trusted, only compared.
    std::string since;                               // "<epoch>:<pos>".
    std::optional<Result<auth::Claims>> credential;  // None: an `auth` frame has to come.
};

// One authenticated connection of one user: the protocol of PROTOCOL.md sections 1 to 6.
//
// Shard-local; owned by its connection. Everything durable goes through the hub to the store;
// nothing is answered before the store has answered. Per idle session there is this object and one
// timer, no buffer.
class Session final : public chat::Subscriber, private shard::Timer {
public:
    Session(SessionParts const& parts, Transport& transport);
    ~Session() override;

    // Before `start`.
    void prepare(SessionRequest request);
    // After the 101. Either the first frame goes out, or the token is waited for, or it closes.
    void start();

    void on_text(std::string_view text);
    void on_binary();
    // A ping or a pong: no frame that is looked at, but one that counts.
    void on_pong();
    // A few bytes of a frame that comes in such pieces: each counts as one.
    void on_crumb();
    // The transport's queue has room again.
    void on_drained();
    // The connection has ended, whoever ended it.
    void on_transport_closed() { leave(); }

    // PROTOCOL C-10: come back after `reconnect_after_ms`.
    void drain(std::int64_t reconnect_after_ms);
    // Closes with `code`, for a ban or a revoked token.
    void end(CloseCode code, std::string_view reason);

    // The rules of RFC 6455 are enforced below; closes by them are counted here, and are true.
    bool count_violation(std::uint16_t code);
    void count_exception() { chat::add(parts_.counters.exceptions); }
    SessionParts const& parts() const { return parts_; }
    bool is_ended() const { return phase_ == Phase::kEnded; }

private:
    enum class Phase : std::uint8_t { kNew, kAuthenticating, kLive, kEnded };

    // What only the beginning needs: the request until the token is verified, then what was missed
    // until it has been sent.
    using Opening = std::variant<SessionRequest, Replay>;

    void on_timer(MonoMs now) override;
    void on_event(store::Event const& event) override;
    void on_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) override;
    void on_typing_stop(SharedFrame const& frame) override { send(frame); }
    void on_outcome(chat::WriteTag const& tag, Result<store::Receipt> const& result) override;
    void on_access(store::AccessState const& access) override;
    bool acks_are_copies() const override { return version_ == 1; }

    void begin(auth::Claims const& claims);
    void take_times(auth::Claims const& claims);
    void refuse_token(Error const& error);
    bool admit(auth::Claims const& claims);
    void open_stream();
    void send_connection(wire::ResumeOutcome outcome, std::string_view reason, Pos pos);
    void ask_presence();
    void leave();

    Replay* replay() const { return std::get_if<Replay>(opening_.get()); }
    void replay_from(Pos after);
    void continue_replay();
    void go_live();

    void receive(wire::ClientFrame const& frame);
    bool may_send(wire::ClientFrame const& frame);
    std::uint32_t take_frame(MonoMs now);
    void end_flood();
    void write(store::Command command, wire::ClientFrame const& frame);
    void submit(store::Write& write, wire::ClientFrame const& frame, bool is_message);
    void post(wire::ClientMessage const& message, wire::ClientFrame const& frame);
    void edit(wire::ClientEdit const& edit, wire::ClientFrame const& frame);
    void react(wire::ClientReaction const& reaction, wire::ClientFrame const& frame);
    void signal_typing(wire::ClientTyping const& typing, wire::ClientFrame const& frame);
    void relay(wire::ClientRelay const& relay, wire::ClientFrame const& frame);
    void ask_status(wire::ClientPresence const& presence, wire::ClientFrame const& frame);
    void tell_status(std::vector<store::Presence> const& people, std::vector<UserId> const& online);
    void renew(std::string_view token, wire::ClientFrame const& frame);
    chat::Hub::Taken refusal_to(wire::ClientFrame const& frame);

    void answer(SharedFrame frame);
    void answer_error(wire::ClientFrame const& frame, Error const& error);
    void send(SharedFrame const& frame);
    void malformed(wire::ClientFrame const& frame, Error const& error);
    SharedFrame ack_frame(chat::WriteTag const& tag, store::Receipt const& receipt) const;

    void note_life() { last_sign_ = parts_.clock.mono(); }
    void schedule_next(MonoMs now);
    void check_token(MonoMs now);
    std::int64_t token_ms_left() const;

    SessionParts const& parts_;
    Transport& transport_;
    std::unique_ptr<Opening> opening_;  // Null when it hears everything as it happens.
    std::string user_name_;
    TokenBucket bucket_;
    MonoMs last_sign_;
    MonoMs next_ping_;
    MonoMs token_ends_;  // A jump of the wall clock ends no session.
    Pos live_after_;     // Events up to here were replayed.
    ConversationId typing_in_;
    std::uint32_t token_issued_at_s_ = 0;
    std::uint16_t writes_outstanding_ = 0;
    std::uint16_t malformed_count_ = 0;
    std::uint16_t rate_refusals_ = 0;
    std::int8_t version_ = 0;
    Phase phase_ = Phase::kNew;
    bool is_warned_ = false;  // token_expiring was sent.
};

}  // namespace sewa::session
