#include "session/session.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "chat/profile.h"

namespace sewa::session {

namespace {

struct Since {
    std::string_view epoch;
    Pos pos;
};

std::optional<Since> parse_since(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    Since since{text.substr(0, colon), {}};
    auto const digits = text.substr(colon + 1);
    auto const [end, failure] =
        std::from_chars(digits.data(), digits.data() + digits.size(), since.pos.value);
    bool const is_number = failure == std::errc{} && end == digits.data() + digits.size();
    if (!is_number || since.pos.value < 0 || since.pos.value > kIdMax) return std::nullopt;
    return since;
}

}  // namespace

Session::Session(SessionParts const& parts, Transport& transport)
    : parts_(parts), transport_(transport) {}

Session::~Session() {
    leave();
}

void Session::prepare(SessionRequest request) {
    opening_ = std::make_unique<Opening>(std::move(request));
}

void Session::start() {
    note_life();
    auto const& request = std::get<SessionRequest>(*opening_);
    auto const& version = request.version;
    if (!version.empty() && version != "0" && version != "1") {
        return end(CloseCode::kUnsupportedVersion, "this server speaks v=1 and base mode");
    }
    version_ = version == "1" ? 1 : 0;
    if (!request.credential) {
        phase_ = Phase::kAuthenticating;
        return parts_.timers.schedule(*this, last_sign_ + parts_.limits.auth_timeout_ms);
    }
    auto const& credential = *request.credential;
    if (!credential) return refuse_token(credential.error());
    begin(auth::Claims(*credential));
}

void Session::refuse_token(Error const& error) {
    bool const is_banned = error.code == Errc::kForbidden;
    end(is_banned ? CloseCode::kNotAllowed : CloseCode::kTokenInvalid, error.message);
}

void Session::on_access(store::AccessState const& access) {
    if (access.is_banned) return end(CloseCode::kNotAllowed, "this user may not come in");
    if (token_issued_at_s_ > access.revoked_up_to_s) return;
    end(CloseCode::kTokenInvalid, "the token was revoked");
}

void Session::begin(auth::Claims const& claims) {
    auto const& wanted = std::get<SessionRequest>(*opening_).user_id;
    if (!wanted.empty() && wanted != fmt::to_string(claims.user.value)) {
        return end(CloseCode::kNotAllowed, "user_id is not the user of the token");
    }
    if (!admit(claims)) return;
    phase_ = Phase::kLive;
    chat::add(parts_.counters.opened);
    chat::save_profile(parts_.hub, claims);
    open_stream();
    if (is_ended()) return;
    ask_presence();
    auto const now = parts_.clock.mono();
    next_ping_ = now + parts_.limits.ping_interval_ms;
    schedule_next(now);
}

bool Session::admit(auth::Claims const& claims) {
    user_ = claims.user;
    take_times(claims);
    user_name_ = claims.name;
    if (auto const attached = parts_.hub.attach(*this); !attached) {
        user_ = {};
        if (parts_.metrics) parts_.metrics->add(observe::Counter::kConnectionsRefusedPerUser);
        bool const is_too_often = attached.error().code == Errc::kRateLimited;
        end(is_too_often ? CloseCode::kRateLimited : CloseCode::kTooManyConnections,
            attached.error().message);
        return false;
    }
    return true;
}

void Session::take_times(auth::Claims const& claims) {
    token_ends_ = parts_.clock.mono() + (claims.expires_at - parts_.clock.wall());
    token_issued_at_s_ =
        static_cast<std::uint32_t>(std::max<std::int64_t>(claims.issued_at.value, 0) / 1000);
}

void Session::open_stream() {
    auto const since_text = std::get<SessionRequest>(*std::exchange(opening_, nullptr)).since;
    using wire::ResumeOutcome;
    auto const head = parts_.hub.head();
    if (since_text.empty()) return send_connection(ResumeOutcome::kFresh, {}, head);
    auto const since = parse_since(since_text);
    if (!since) return end(CloseCode::kPositionUnknown, "since must be <epoch>:<pos>");
    auto const log = parts_.store.log_state();
    if (since->epoch != log.epoch || since->pos > std::max(log.head, head)) {
        chat::add(parts_.counters.snapshots);
        return send_connection(ResumeOutcome::kSnapshot, "epoch_changed", head);
    }
    if (since->pos < log.floor) {
        chat::add(parts_.counters.snapshots);
        return send_connection(ResumeOutcome::kSnapshot, "too_old", head);
    }
    chat::add(parts_.counters.resumed);
    send_connection(ResumeOutcome::kResumed, {}, since->pos);
    replay_from(since->pos);
}

void Session::send_connection(wire::ResumeOutcome outcome, std::string_view reason, Pos pos) {
    auto const log = parts_.store.log_state();
    auto const& limits = parts_.limits;
    auto const connection_id = fmt::format("{:016x}", parts_.random.next());
    wire::ConnectionFrame frame;
    frame.user = user_;
    frame.connection_id = connection_id;
    frame.version = version_;
    frame.epoch = log.epoch;
    frame.pos = pos;
    frame.resume = outcome;
    frame.reason = reason;
    frame.ping_interval_ms = limits.ping_interval_ms;
    frame.token_expires_in_s = std::max<std::int64_t>(0, token_ms_left() / 1000);
    frame.server_time = parts_.clock.wall();
    frame.frame_bytes_max = static_cast<std::int64_t>(limits.frame_bytes_max);
    frame.content_chars_max = static_cast<std::int64_t>(limits.content_chars_max);
    send(SharedFrame::text(wire::encode_connection(frame)));
}

void Session::ask_presence() {
    parts_.hub.greet(*this, [](chat::Subscriber& subscriber, Person const& self,
                               std::vector<store::Presence> const& partners) {
        auto& session = static_cast<Session&>(subscriber);
        if (session.user_name_.empty()) session.user_name_ = self.name;
        std::vector<wire::StatusEntry> entries;
        for (auto const& partner : partners) {
            entries.push_back({partner.person.id, partner.person.name, true,
                               partner.last_seen.value_or(WallMs{})});
        }
        if (session.version_ == 1) {
            return session.send(SharedFrame::text(wire::encode_status_snapshot(entries)));
        }
        for (auto const& entry : entries) {
            session.on_ephemeral(SharedFrame::text(wire::encode_status(entry)),
                                 EphemeralKind::kPresence,
                                 static_cast<std::uint64_t>(entry.user.value));
        }
    });
}

void Session::drain(std::int64_t reconnect_after_ms) {
    if (is_ended()) return;
    send(SharedFrame::text(wire::encode_drain(reconnect_after_ms)));
    end(CloseCode::kDraining, "the server restarts");
}

bool Session::count_violation(std::uint16_t code) {
    bool const is_ours = code == static_cast<std::uint16_t>(CloseCode::kProtocolError) ||
                         code == static_cast<std::uint16_t>(CloseCode::kInvalidData) ||
                         code == static_cast<std::uint16_t>(CloseCode::kTooBig);
    if (is_ours && parts_.metrics) parts_.metrics->add_close(code);
    return is_ours;
}

void Session::end(CloseCode code, std::string_view reason) {
    if (is_ended()) return;
    if (parts_.metrics) parts_.metrics->add_close(static_cast<std::uint16_t>(code));
    transport_.close(code, reason);
    leave();
}

void Session::leave() {
    if (is_ended()) return;
    phase_ = Phase::kEnded;
    cancel();
    opening_.reset();
    if (!user_) return;
    bool const was_last = parts_.hub.detach(*this);
    if (was_last && typing_in_) {
        parts_.hub.typing(user_, user_name_, typing_in_, false, [](Status const&) {});
    }
}

void Session::on_event(store::Event const& event) {
    if (is_ended()) return;
    if (auto* const missed = replay()) return missed->hold_event(event.pos, event.frame);
    if (event.pos > live_after_) send(event.frame);
}

void Session::on_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) {
    if (!is_ended()) transport_.send_ephemeral(frame, kind, key);
}

void Session::on_outcome(chat::WriteTag const& tag, Result<store::Receipt> const& result) {
    if (is_ended()) return;
    --writes_outstanding_;
    if (!result) {
        chat::add(parts_.counters.errors[static_cast<std::size_t>(result.error().code)]);
        return answer(SharedFrame::text(
            wire::encode_error(tag.request_id, result.error(), tag.client_msg_id)));
    }
    if (version_ == 1) return answer(ack_frame(tag, *result));
    // In base mode the frame itself is the answer (M-4); of a repeated send it comes again.
    if (result->duplicate && tag.is_message && result->frame) answer(result->frame);
}

SharedFrame Session::ack_frame(chat::WriteTag const& tag, store::Receipt const& receipt) const {
    wire::AckFrame ack;
    ack.request_id = tag.request_id;
    ack.conversation = receipt.conversation;
    if (tag.is_message) ack.id = receipt.pos;
    ack.conv_seq = receipt.conv_seq;
    ack.pos = receipt.pos;
    ack.client_msg_id = tag.client_msg_id;
    ack.created_at = receipt.created_at;
    ack.duplicate = receipt.duplicate;
    static thread_local std::string text;
    text.clear();
    wire::append_ack(text, ack);
    return SharedFrame::text(text);
}

void Session::send(SharedFrame const& frame) {
    if (is_ended() || transport_.send(frame)) return;
    chat::add(parts_.counters.slow_consumers);
    end(CloseCode::kSlowConsumer, "reads too slowly; reconnect and resume");
}

// Answers keep their place among the events, also while missed ones are being sent.
void Session::answer(SharedFrame frame) {
    if (auto* const missed = replay()) return missed->hold_answer(std::move(frame));
    send(frame);
}

void Session::replay_from(Pos after) {
    if (is_ended()) return;
    opening_ =
        std::make_unique<Opening>(std::in_place_type<Replay>, after, parts_.limits.replay_held_max);
    continue_replay();
}

void Session::on_drained() {
    if (replay()) continue_replay();
}

void Session::continue_replay() {
    while (replay() && replay()->has_frame()) {
        if (transport_.queued_bytes() > parts_.limits.replay_queue_bytes) return;
        chat::add(parts_.counters.replayed);
        send(replay()->take_frame());
    }
    auto* const missed = replay();
    if (missed == nullptr || missed->is_reading()) return;
    note_life();
    if (missed->is_caught_up()) return go_live();
    missed->page_started();
    parts_.hub.resume(*this, missed->cursor(), parts_.limits.replay_page,
                      [](chat::Subscriber& subscriber, Result<store::ResumePage> const& page) {
                          auto& session = static_cast<Session&>(subscriber);
                          if (session.is_ended()) return;
                          if (!page) {
                              return session.end(CloseCode::kDraining,
                                                 "the store cannot be read now");
                          }
                          session.replay()->page_arrived(*page);
                          session.continue_replay();
                      });
}

void Session::go_live() {
    auto const opening = std::exchange(opening_, nullptr);
    auto& missed = std::get<Replay>(*opening);
    live_after_ = missed.cursor();
    auto pos = live_after_;
    send(SharedFrame::text(wire::encode_synced(pos)));
    while (auto frame = missed.take_held()) send(frame);
}

std::int64_t Session::token_ms_left() const {
    return token_ends_ - parts_.clock.mono();
}

void Session::on_timer(MonoMs now) {
    if (phase_ == Phase::kAuthenticating) {
        return end(CloseCode::kAuthTimeout, "no auth frame came in time");
    }
    if (now - last_sign_ >= parts_.limits.lease_ms) {
        return end(CloseCode::kNoSignOfLife, "no sign of life");
    }
    check_token(now);
    if (is_ended()) return;
    if (now >= next_ping_) {
        transport_.ping();
        next_ping_ = now + parts_.limits.ping_interval_ms;
    }
    schedule_next(now);
}

void Session::check_token(MonoMs) {
    auto const left_ms = token_ms_left();
    if (left_ms <= -parts_.limits.token_grace_ms) {
        return end(CloseCode::kTokenInvalid, "the token has expired");
    }
    if (is_warned_ || left_ms > parts_.limits.token_warning_ms) return;
    is_warned_ = true;
    send(SharedFrame::text(wire::encode_token_expiring(std::max<std::int64_t>(0, left_ms))));
}

void Session::schedule_next(MonoMs now) {
    auto const left_ms = token_ms_left();
    auto const token_in_ms = is_warned_ ? left_ms + parts_.limits.token_grace_ms
                                        : left_ms - parts_.limits.token_warning_ms;
    auto due = std::min(next_ping_, last_sign_ + parts_.limits.lease_ms);
    due = std::min(due, now + std::max<std::int64_t>(token_in_ms, 1));
    parts_.timers.schedule(*this, due);
}

}  // namespace sewa::session
