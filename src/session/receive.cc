#include <algorithm>
#include <utility>

#include "chat/validate.h"
#include "session/session.h"

namespace sewa::session {

namespace {

template <typename... Cases>
struct Overload : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overload(Cases...) -> Overload<Cases...>;

}  // namespace

void Session::on_text(std::string_view text) {
    if (is_ended()) return;
    note_life();
    chat::add(parts_.counters.frames_in);
    receive(parts_.decoder.decode(text));
}

void Session::on_pong() {
    if (is_ended()) return;
    note_life();
    if (take_frame(last_sign_) != 0) end_flood();
}

void Session::on_crumb() {
    if (is_ended()) return;
    if (take_frame(parts_.clock.mono()) != 0) end_flood();
}

void Session::on_binary() {
    if (is_ended()) return;
    wire::ClientFrame const frame{{}, {}, fail(Errc::kBadRequest, "send text frames, not binary")};
    malformed(frame, frame.body.error());
}

void Session::receive(wire::ClientFrame const& frame) {
    if (!may_send(frame)) return;
    if (!frame.body) {
        bool const is_known = frame.body.error().code != Errc::kUnknownType;
        return is_known ? malformed(frame, frame.body.error())
                        : answer_error(frame, frame.body.error());
    }
    std::visit(
        Overload{
            [&](wire::ClientMessage const& message) { post(message, frame); },
            [&](wire::ClientEdit const& request) { edit(request, frame); },
            [&](wire::ClientDelete const& request) {
                write(store::DeleteMessage{request.message, user_, request.scope}, frame);
            },
            [&](wire::ClientReaction const& reaction) { react(reaction, frame); },
            [&](wire::ClientRead const& read) {
                write(store::MarkRead{read.conversation, user_, read.up_to}, frame);
            },
            [&](wire::ClientDelivered const& delivered) {
                parts_.hub.delivered(user_, delivered.conversation, delivered.up_to,
                                     refusal_to(frame));
            },
            [&](wire::ClientTyping const& typing) { signal_typing(typing, frame); },
            [&](wire::ClientPresence const& presence) { ask_status(presence, frame); },
            [&](wire::ClientFocus const&) {},  // A hint that nothing needs yet.
            [&](wire::ClientHeartbeat const&) {
                send(SharedFrame::text(wire::encode_heartbeat()));
            },
            [&](wire::ClientAuth const& auth) { renew(auth.token, frame); },
            [&](wire::ClientRelay const& request) { relay(request, frame); },
        },
        *frame.body);
}

// Whether the frame is looked at at all: before the token is verified only `auth` counts, and
// nobody sends more than the limit.
bool Session::may_send(wire::ClientFrame const& frame) {
    if (auto const wait_ms = take_frame(last_sign_)) {
        auto refused = error(Errc::kRateLimited, "too many frames; slow down");
        refused.retry_after_ms = wait_ms;
        answer_error(frame, refused);
        end_flood();
        return false;
    }
    if (phase_ == Phase::kLive) return true;
    if (frame.body && std::holds_alternative<wire::ClientAuth>(*frame.body)) return true;
    end(CloseCode::kTokenInvalid, "the first frame must be auth");
    return false;
}

// Milliseconds until one more is allowed; 0: it was.
std::uint32_t Session::take_frame(MonoMs now) {
    auto const& limits = parts_.limits;
    auto const wait_ms = bucket_.take(now, limits.frames_per_minute, limits.frame_burst);
    if (wait_ms == 0) {
        rate_refusals_ = 0;
    } else {
        ++rate_refusals_;
        chat::add(parts_.counters.rate_limited);
    }
    return wait_ms;
}

void Session::end_flood() {
    if (rate_refusals_ <= parts_.limits.rate_refusals_max) return;
    end(CloseCode::kRateLimited, "far too many frames");
}

void Session::malformed(wire::ClientFrame const& frame, Error const& error) {
    chat::add(parts_.counters.malformed);
    answer_error(frame, error);
    if (++malformed_count_ >= parts_.limits.malformed_max) {
        end(CloseCode::kMalformed, "too many malformed frames");
    }
}

void Session::answer_error(wire::ClientFrame const& frame, Error const& error) {
    chat::add(parts_.counters.errors[static_cast<std::size_t>(error.code)]);
    answer(SharedFrame::text(wire::encode_error(frame.request_id, error, frame.client_msg_id)));
}

void Session::write(store::Command command, wire::ClientFrame const& frame) {
    store::Write write{std::move(command), {}};
    submit(write, frame, false);
}

void Session::submit(store::Write& write, wire::ClientFrame const& frame, bool is_message) {
    if (writes_outstanding_ >= parts_.limits.writes_outstanding_max) {
        auto refused = error(Errc::kRateLimited, "too many writes are waiting for their answer");
        refused.retry_after_ms = 100;
        return answer_error(frame, refused);
    }
    chat::WriteTag const tag{frame.request_id, frame.client_msg_id, is_message};
    auto const taken = parts_.hub.write(*this, write, tag);
    if (!taken) return answer_error(frame, taken.error());
    ++writes_outstanding_;
}

void Session::post(wire::ClientMessage const& message, wire::ClientFrame const& frame) {
    auto const content = chat::check_content(message.content, parts_.limits.content_chars_max,
                                             !message.attachments.empty());
    if (!content) return answer_error(frame, content.error());
    if (auto const key = chat::check_client_msg_id(message.client_msg_id); !key) {
        return answer_error(frame, key.error());
    }
    // Filled in again for each message, because its strings keep their space.
    static thread_local store::Write write{store::PostMessage{}, {}};
    auto& post = std::get<store::PostMessage>(write.command);
    post.conversation = message.conversation;
    post.sender = user_;
    post.content = *content;
    post.client_msg_id = message.client_msg_id;
    post.reply_to = message.reply_to;
    post.transport = sewa::Transport::kWebSocket;
    post.attachments = message.attachments;
    submit(write, frame, true);
}

void Session::edit(wire::ClientEdit const& edit, wire::ClientFrame const& frame) {
    auto const content = chat::check_content(edit.content, parts_.limits.content_chars_max);
    if (!content) return answer_error(frame, content.error());
    write(store::EditMessage{edit.message, user_, std::string(*content)}, frame);
}

void Session::react(wire::ClientReaction const& reaction, wire::ClientFrame const& frame) {
    if (auto const emoji = chat::check_emoji(reaction.emoji); !emoji) {
        return answer_error(frame, emoji.error());
    }
    write(store::React{reaction.message, user_, std::string(reaction.emoji), reaction.op}, frame);
}

// An error that may come after a look into the store; the session may have gone by then.
chat::Hub::Taken Session::refusal_to(wire::ClientFrame const& frame) {
    return [&hub = parts_.hub, handle = handle(),
            request_id = std::string(frame.request_id)](Status const& taken) {
        if (taken) return;
        if (auto* const subscriber = hub.sessions().find(handle)) {
            wire::ClientFrame const about{request_id, {}, fail(taken.error())};
            static_cast<Session*>(subscriber)->answer_error(about, taken.error());
        }
    };
}

void Session::signal_typing(wire::ClientTyping const& typing, wire::ClientFrame const& frame) {
    if (typing.is_typing) typing_in_ = typing.conversation;
    parts_.hub.typing(user_, user_name_, typing.conversation, typing.is_typing, refusal_to(frame));
}

void Session::relay(wire::ClientRelay const& relay, wire::ClientFrame const& frame) {
    auto const text =
        wire::encode_relay(relay.type, relay.conversation, user_, user_name_, relay.data_json);
    parts_.hub.relay(user_, relay.conversation, SharedFrame::text(text), refusal_to(frame));
}

void Session::ask_status(wire::ClientPresence const& presence, wire::ClientFrame const& frame) {
    auto const taken = parts_.hub.presence(
        user_, presence.ids,
        [&hub = parts_.hub, handle = handle()](std::vector<store::Presence> const& people,
                                               std::vector<UserId> const& online) {
            if (auto* const subscriber = hub.sessions().find(handle)) {
                static_cast<Session*>(subscriber)->tell_status(people, online);
            }
        });
    if (!taken) answer_error(frame, taken.error());
}

void Session::tell_status(std::vector<store::Presence> const& people,
                          std::vector<UserId> const& online) {
    std::vector<wire::StatusEntry> entries;
    for (auto const& entry : people) {
        bool const is_online =
            std::find(online.begin(), online.end(), entry.person.id) != online.end();
        entries.push_back(
            {entry.person.id, entry.person.name, is_online, entry.last_seen.value_or(WallMs{})});
    }
    send(SharedFrame::text(wire::encode_status_snapshot(entries)));
}

void Session::renew(std::string_view token, wire::ClientFrame const& frame) {
    auto const claims = parts_.authenticator.verify(token);
    if (phase_ == Phase::kAuthenticating)
        return claims ? begin(*claims) : refuse_token(claims.error());
    if (!claims) return answer_error(frame, claims.error());
    if (claims->user != user_) return end(CloseCode::kNotAllowed, "the token is another user's");
    take_times(*claims);
    is_warned_ = false;
    send(SharedFrame::text(wire::encode_auth_ok(token_ms_left() / 1000)));
    schedule_next(parts_.clock.mono());
}

}  // namespace sewa::session
