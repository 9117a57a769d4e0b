#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backoff.h"
#include "sewa/client_core.h"

namespace sewa::client {

// When to connect, when to give up on a socket, when to stop for ever (PROTOCOL section 7).
//
// Owned by ClientCore; appends to its list of actions. States: see LinkState. One socket at a time:
// a new number begins with each attempt, and what carries an older number is void.
class Link {
public:
    Link(CoreOptions const& options, Clock const& clock, Random& random,
         std::vector<Action>& actions)
        : options_(options),
          clock_(clock),
          random_(random),
          actions_(actions),
          backoff_(options.backoff_first_ms, options.backoff_max_ms) {}

    void start();
    void stop(StopReason reason, std::uint16_t close_code = 0);
    void retry_now();
    // Gives the socket up as broken and comes back.
    void drop();

    // True when the answer was the awaited one. `since` is used when it leads to a connection.
    void token(std::uint64_t request, Result<std::string> token, std::string since);
    void opened(std::uint64_t connection);
    void refused(std::uint64_t connection, int http_status, std::int64_t retry_after_ms);
    void closed(std::uint16_t code);
    void heard();
    void greeted(bool resuming);  // The `connection` frame.
    void caught_up();
    void draining(std::int64_t reconnect_after_ms);
    void token_expiring();
    void tick();

    std::optional<MonoMs> next_due() const;
    LinkState state() const { return state_; }
    bool is_current(std::uint64_t connection) const {
        return has_socket_ && connection == connection_;
    }
    bool is_greeted() const { return state_ == LinkState::kResuming || state_ == LinkState::kLive; }
    bool is_live() const { return state_ == LinkState::kLive; }
    bool is_draining() const { return drain_ms_.has_value(); }
    std::uint64_t connection() const { return connection_; }
    void send(std::string text) { actions_.push_back(SendText{connection_, std::move(text)}); }

private:
    void enter(LinkState state, std::int64_t delay_ms = 0, std::uint16_t close_code = 0);
    void fetch_token(bool refresh);
    void token_failed(Error const& error);
    void wait(std::int64_t delay_ms, std::uint16_t close_code);
    void close_socket();
    void watch_silence();

    CoreOptions const& options_;
    Clock const& clock_;
    Random& random_;
    std::vector<Action>& actions_;
    Backoff backoff_;

    LinkState state_ = LinkState::kIdle;
    std::uint64_t connection_ = 0;
    bool has_socket_ = false;
    std::uint64_t token_request_ = 0;
    bool token_pending_ = false;
    bool refresh_next_ = false;
    bool refreshed_ = false;  // For a 4001; one fresh token between two greetings, then stop.
    MonoMs deadline_;         // Of the state: token, opening, waiting.
    MonoMs last_heard_;
    MonoMs live_since_;
    bool heartbeat_sent_ = false;
    std::optional<std::int64_t> drain_ms_;
};

}  // namespace sewa::client
