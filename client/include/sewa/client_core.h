#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"
#include "sewa/events.h"
#include "sewa/saved_state.h"

namespace sewa::client {

struct CoreOptions {
    bool sync_on_start = true;  // Off: a fresh start is live at once, without a Snapshot.
    bool report_delivered = true;
    bool save = false;  // Give Save actions.

    std::int64_t backoff_first_ms = 500;
    std::int64_t backoff_max_ms = 30'000;
    std::int64_t stable_after_ms = 5'000;  // A connection that lived so long ends the backoff.
    std::int64_t open_timeout_ms = 15'000;
    std::int64_t token_timeout_ms = 30'000;
    std::int64_t heartbeat_after_ms = 30'000;  // Of silence; the server pings every 25 s (C-7).
    std::int64_t silence_max_ms = 45'000;
    std::int64_t ack_timeout_ms = 15'000;

    std::size_t queued_max = 1'000;
    std::size_t outstanding_max = 16;
    std::size_t held_max = 10'000;
    std::size_t conversations_max = 100'000;
};

// What the owner of the core has to do, in this order. `connection` and `request` number sockets
// and GETs; answers carry the number, so that a late one of an old socket is ignored.
struct FetchToken {
    std::uint64_t request = 0;
    bool refresh = false;  // The one in use is no longer good.
};
struct Connect {
    std::uint64_t connection = 0;
    std::string since;  // "<epoch>:<pos>"; empty for a fresh start.
    std::string token;
};
struct SendText {
    std::uint64_t connection = 0;
    std::string text;
};
struct CloseSocket {
    std::uint64_t connection = 0;
};
struct HttpGet {
    std::uint64_t request = 0;
    std::string path;  // Behind /api/messaging/, with its query.
};
struct Save {
    SavedState state;
};
using Action = std::variant<FetchToken, Connect, SendText, CloseSocket, HttpGet, Save, Event>;

struct HttpAnswer {
    int status = 0;  // 0: no answer.
    std::string body;
};

// One user's view of the server: connection, resume, order, outbox, typing, presence; without I/O
// and without time of its own. Every call may leave actions, which the owner takes and carries out
// in their order; then it calls `tick` not later than `next_deadline`.
//
// Owned and called by one thread (Client, the load generator or a simulation). The same calls with
// the same clock values and random seed give the same actions. Bounds are in CoreOptions: calls
// that would pass them are refused with kUnavailable, events that would are replaced by a Snapshot.
class ClientCore {
public:
    ClientCore(CoreOptions options, Clock const& clock, Random& random);
    ~ClientCore();
    ClientCore(ClientCore const&) = delete;
    ClientCore& operator=(ClientCore const&) = delete;

    std::vector<Action> take_actions();
    std::optional<MonoMs> next_deadline() const;

    // Answers of the outside world.
    void tick();
    void on_token(std::uint64_t request, Result<std::string> token);
    void on_opened(std::uint64_t connection);
    void on_refused(std::uint64_t connection, int http_status, std::int64_t retry_after_ms = 0);
    void on_text(std::uint64_t connection, std::string_view text);
    void on_sign_of_life(std::uint64_t connection);                // A ping or pong.
    void on_closed(std::uint64_t connection, std::uint16_t code);  // 1006 without a close frame.
    void on_http(std::uint64_t request, HttpAnswer answer);

    // Calls of the application. Each of the five returns its key; SendProgress tells the rest.
    void restore(SavedState state);  // Before `start`.
    void start();
    void stop();
    void retry_now();  // The network is back: does not wait for the delay.
    Result<std::string> send(ConversationId conversation, std::string_view text,
                             MessageId reply_to = {});
    Result<std::string> edit(ConversationId conversation, MessageId id, std::string_view text);
    Result<std::string> remove(ConversationId conversation, MessageId id, bool for_everyone);
    Result<std::string> react(ConversationId conversation, MessageId id, std::string_view emoji,
                              bool add);
    Result<std::string> mark_read(ConversationId conversation, ConvSeq up_to);
    void keystroke(ConversationId conversation);  // As often as keys are pressed (P-6, P-7).
    void stop_typing();

    LinkState state() const;
    UserId user() const;  // None before the first `connection` frame.
    std::string const& epoch() const;
    Pos cursor() const;
    ConvSeq applied(ConversationId conversation) const;
    std::size_t waiting() const;  // Requests without an answer.

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace sewa::client
