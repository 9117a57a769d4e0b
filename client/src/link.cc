#include "link.h"

#include <algorithm>
#include <utility>

#include "frame_writer.h"

namespace sewa::client {

void Link::enter(LinkState state, std::int64_t delay_ms, std::uint16_t close_code) {
    state_ = state;
    actions_.push_back(Event{ConnectionChanged{state, StopReason::kNone, delay_ms, close_code}});
}

void Link::start() {
    if (state_ != LinkState::kIdle && state_ != LinkState::kStopped) return;
    backoff_.reset();
    refreshed_ = false;
    enter(LinkState::kConnecting);
    fetch_token(false);
}

void Link::stop(StopReason reason, std::uint16_t close_code) {
    if (state_ == LinkState::kStopped) return;
    close_socket();
    token_pending_ = false;
    state_ = LinkState::kStopped;
    actions_.push_back(Event{ConnectionChanged{state_, reason, 0, close_code}});
}

void Link::retry_now() {
    if (state_ != LinkState::kWaiting) return;
    enter(LinkState::kConnecting);
    fetch_token(refresh_next_);
}

void Link::drop() {
    if (!has_socket_) return;
    close_socket();
    closed(1006);
}

void Link::close_socket() {
    if (std::exchange(has_socket_, false)) actions_.push_back(CloseSocket{connection_});
}

void Link::fetch_token(bool refresh) {
    token_pending_ = true;
    refresh_next_ = refresh;
    deadline_ = clock_.mono() + options_.token_timeout_ms;
    actions_.push_back(FetchToken{++token_request_, refresh});
}

void Link::token(std::uint64_t request, Result<std::string> token, std::string since) {
    if (!token_pending_ || request != token_request_) return;
    token_pending_ = false;
    if (!token) return token_failed(token.error());
    refresh_next_ = false;
    if (has_socket_) {  // C-9: continues the session that is open.
        if (is_greeted()) send(write_auth(*token));
        return;
    }
    if (state_ != LinkState::kConnecting) return;
    has_socket_ = true;
    heartbeat_sent_ = false;
    drain_ms_.reset();
    deadline_ = clock_.mono() + options_.open_timeout_ms;
    actions_.push_back(Connect{++connection_, std::move(since), std::move(*token)});
}

void Link::token_failed(Error const& error) {
    if (has_socket_) return;  // The session goes on until the server ends it with 4001.
    if (!info(error.code).retryable) return stop(StopReason::kTokenInvalid);
    wait(backoff_.next(random_), 0);
}

void Link::opened(std::uint64_t connection) {
    if (!is_current(connection) || state_ != LinkState::kConnecting) return;
    deadline_ = clock_.mono() + options_.open_timeout_ms;
}

void Link::refused(std::uint64_t connection, int http_status, std::int64_t retry_after_ms) {
    if (!is_current(connection)) return;
    has_socket_ = false;
    if (http_status == 403) return stop(StopReason::kRefused);
    wait(std::max(backoff_.next(random_), std::min(retry_after_ms, options_.backoff_max_ms)), 0);
}

void Link::closed(std::uint16_t code) {
    if (state_ == LinkState::kStopped) return;
    if (is_greeted() && clock_.mono() - live_since_ >= options_.stable_after_ms) backoff_.reset();
    has_socket_ = false;
    token_pending_ = false;
    if (!may_reconnect(code)) return stop(StopReason::kClosedByServer, code);
    if (code == static_cast<std::uint16_t>(CloseCode::kTokenInvalid)) {
        if (std::exchange(refreshed_, true)) return stop(StopReason::kTokenInvalid, code);
        refresh_next_ = true;
    }
    auto const delay = drain_ms_ ? *drain_ms_ : backoff_.next(random_);
    drain_ms_.reset();
    wait(delay, code);
}

void Link::wait(std::int64_t delay_ms, std::uint16_t close_code) {
    deadline_ = clock_.mono() + delay_ms;
    enter(LinkState::kWaiting, delay_ms, close_code);
}

void Link::heard() {
    last_heard_ = clock_.mono();
    heartbeat_sent_ = false;
}

void Link::greeted(bool resuming) {
    live_since_ = clock_.mono();
    refreshed_ = false;
    heard();
    enter(resuming ? LinkState::kResuming : LinkState::kLive);
}

void Link::caught_up() {
    if (state_ == LinkState::kResuming) enter(LinkState::kLive);
}

void Link::draining(std::int64_t reconnect_after_ms) {
    drain_ms_ = std::clamp<std::int64_t>(reconnect_after_ms, 0, 300'000);
}

void Link::token_expiring() {
    if (is_greeted() && !token_pending_) fetch_token(true);
}

void Link::watch_silence() {
    auto const silence = clock_.mono() - last_heard_;
    if (silence >= options_.silence_max_ms) return drop();
    if (silence < options_.heartbeat_after_ms || heartbeat_sent_) return;
    heartbeat_sent_ = true;
    send(write_heartbeat());
}

void Link::tick() {
    if (is_greeted()) {
        if (token_pending_ && deadline_ <= clock_.mono()) token_pending_ = false;
        return watch_silence();
    }
    if (deadline_ > clock_.mono()) return;
    if (state_ == LinkState::kWaiting) return retry_now();
    if (state_ != LinkState::kConnecting) return;
    if (has_socket_) return drop();
    token_pending_ = false;
    wait(backoff_.next(random_), 0);
}

std::optional<MonoMs> Link::next_due() const {
    if (state_ == LinkState::kWaiting || state_ == LinkState::kConnecting) return deadline_;
    if (!is_greeted()) return std::nullopt;
    auto const silence = heartbeat_sent_ ? options_.silence_max_ms : options_.heartbeat_after_ms;
    return last_heard_ + silence;
}

}  // namespace sewa::client
