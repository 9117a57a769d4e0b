#include "cli/chat_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <utility>

#include "cli/chat_text.h"

namespace sewa::cli {

using namespace client;
using Lines = std::vector<std::string>;
namespace asio = boost::asio;

namespace {

int page_of(std::int64_t wanted) {
    return wanted == 0 ? 20 : static_cast<int>(std::min<std::int64_t>(wanted, 100));
}

}  // namespace

ChatSession::ChatSession(asio::io_context& io, ClientOptions options, TokenProvider tokens,
                         Output output)
    : io_(io),
      deadline_(io),
      output_(std::move(output)),
      client_(io, std::move(options), std::move(tokens)) {
    client_.on_event([this](Event const& event) { seen(event); });
}

void ChatSession::spawn(awaitable<> work) {
    asio::co_spawn(io_, std::move(work), asio::detached);
}

void ChatSession::say(Lines lines, bool is_notice) {
    if (!lines.empty()) output_.said(std::move(lines), is_notice);
    output_.changed();
}

void ChatSession::start(ConversationId conversation) {
    spawn(open_first(conversation));
}

ChatSession::awaitable<> ChatSession::open_first(ConversationId wanted) {
    auto const connected = co_await client_.connect();
    if (!connected) {
        if (!ended_) complain(connected.error());
        end(1);
        co_return;
    }
    auto const list = co_await client_.conversations();
    if (!list) complain(list.error());
    if (!wanted && list && !list->empty()) wanted = list->front().id;
    if (!wanted) {
        notice("-- there is no conversation yet");
        end(1);
        co_return;
    }
    started_ = true;
    co_await open(wanted);
    if (!timeline_.conversation()) end(1);
}

ChatSession::awaitable<> ChatSession::open(ConversationId conversation) {
    busy_ = true;
    auto const opened = co_await client_.conversation(conversation);
    if (opened) {
        timeline_.open(client_.user(), *opened);
        notice(fmt::format("-- {}: {}", conversation.value, timeline_.title()));
        show_page(opened->latest_messages);
        mark_read();
    } else {
        complain(opened.error());
    }
    flush_deferred();
}

// What happened while a page was read; the page may contain it, which the timeline finds out.
void ChatSession::flush_deferred() {
    busy_ = false;
    for (auto const& event : std::exchange(deferred_, {})) show(event);
    output_.changed();
    while (!busy_ && !waiting_.empty()) {
        auto const line = std::move(waiting_.front());
        waiting_.pop_front();
        enter(line);
    }
    if (leaving_) end_when_sent();
}

void ChatSession::show_page(std::vector<Message> const& messages) {
    Lines lines;
    for (auto const& message : messages) {
        if (message.conversation && message.conversation != timeline_.conversation()) continue;
        if (timeline_.add(message)) lines.push_back(timeline_.line(message));
    }
    say(std::move(lines), false);
}

void ChatSession::mark_read() {
    if (timeline_.newest()) (void)client_.mark_read(timeline_.conversation(), timeline_.newest());
}

ChatSession::awaitable<> ChatSession::read_older(int count) {
    busy_ = true;
    auto const page = co_await client_.history(timeline_.conversation(), timeline_.oldest(), count);
    if (!page) {
        complain(page.error());
    } else if (page->messages.empty()) {
        notice("-- this is the beginning");
    } else {
        notice("-- older messages:");
        show_page(page->messages);
        notice(page->has_more ? "-- /history shows more" : "-- this was the beginning");
    }
    flush_deferred();
}

// After a snapshot: from the newest backwards until what is shown already, then told in order.
ChatSession::awaitable<> ChatSession::fill_up(ConvSeq newest_shown) {
    busy_ = true;
    std::vector<Message> missed;
    ConvSeq before{};
    for (int pages = 0; pages < 50; ++pages) {
        auto page = co_await client_.history(timeline_.conversation(), before, 100);
        if (!page || page->messages.empty()) break;
        before = page->messages.front().conv_seq;
        bool const complete = before <= newest_shown || !page->has_more;
        missed.insert(missed.begin(), page->messages.begin(), page->messages.end());
        if (complete || !newest_shown) break;
    }
    show_page(missed);
    mark_read();
    flush_deferred();
}

void ChatSession::seen(Event const& event) {
    if (auto const* change = std::get_if<ConnectionChanged>(&event))
        return show_connection(*change);
    if (auto const* snapshot = std::get_if<Snapshot>(&event)) return take_snapshot(*snapshot);
    if (auto const* progress = std::get_if<SendProgress>(&event)) {
        failed_ |= progress->state == SendState::kFailed;
        show(event);
        if (leaving_ && !busy_) end_when_sent();
        return;
    }
    bool const is_durable = !std::holds_alternative<TypingChanged>(event) &&
                            !std::holds_alternative<PresenceChanged>(event);
    if (busy_ && is_durable) {
        deferred_.push_back(event);
        return;
    }
    show(event);
}

void ChatSession::take_snapshot(Snapshot const& snapshot) {
    if (!timeline_.conversation()) return;  // `open` reads what it shows.
    deferred_.clear();
    if (snapshot.epoch_changed) timeline_.forget_messages();
    if (!busy_) spawn(fill_up(timeline_.newest()));
}

void ChatSession::show(Event const& event) {
    say(timeline_.apply(event), false);
    auto const* added = std::get_if<MessageAdded>(&event);
    if (added && !added->own && added->message.conversation == timeline_.conversation())
        mark_read();
}

void ChatSession::show_connection(ConnectionChanged const& change) {
    auto const before = connection_;
    switch (change.state) {
        case LinkState::kLive:
            connection_.clear();
            if (std::exchange(lost_before_, false)) notice("-- connected again");
            break;
        case LinkState::kWaiting:
            connection_ = fmt::format("connection lost, trying again in {} s",
                                      (change.delay_ms + 999) / 1'000);
            // The attempts that follow change the status line only.
            if (!std::exchange(lost_before_, true)) notice("-- " + connection_);
            break;
        case LinkState::kStopped:
            if (leaving_ || change.reason == StopReason::kByUser) break;
            connection_ = change.reason == StopReason::kTokenInvalid
                              ? "the server does not accept this token"
                              : fmt::format("the server ended this connection for good (code {})",
                                            change.close_code);
            if (!started_) break;  // `open_first` says it.
            notice("-- " + connection_);
            end(1);
            break;
        default:
            connection_ = change.state == LinkState::kResuming ? "catching up…" : "connecting…";
    }
    output_.changed();
}

void ChatSession::enter(std::string line) {
    if (busy_) {
        if (waiting_.size() < kWaitingMax)
            waiting_.push_back(std::move(line));
        else
            notice("-- too much at once; this line was left out");
        return;
    }
    auto const command = parse_chat_command(line);
    if (!command) return complain(command.error());
    carry_out(*command);
}

void ChatSession::carry_out(ChatCommand const& command) {
    using Kind = ChatCommand::Kind;
    auto const here = timeline_.conversation();
    switch (command.kind) {
        case Kind::kNothing:
            return;
        case Kind::kSay:
            return report(client_.post(here, command.text));
        case Kind::kHistory:
            return spawn(read_older(page_of(command.number)));
        case Kind::kConversations:
            return spawn(list_conversations());
        case Kind::kJoin:
            return spawn(open(ConversationId{command.number}));
        case Kind::kEdit:
            if (auto const* message = find_or_complain(command.number)) {
                report(client_.post_edit(here, message->id, command.text));
            }
            return;
        case Kind::kDelete:
            if (auto const* message = find_or_complain(command.number)) {
                report(client_.post_delete(here, message->id, true));
            }
            return;
        case Kind::kReact:
            return react(command);
        case Kind::kWho:
            return say(timeline_.who(), true);
        case Kind::kHelp:
            return notice(kChatHelp);
        case Kind::kQuit:
            return leave();
    }
}

Message const* ChatSession::find_or_complain(std::int64_t number) {
    auto const* message = timeline_.find(ConvSeq{number});
    if (!message)
        notice(fmt::format("-- there is no message #{} here; /history reads more", number));
    return message;
}

void ChatSession::react(ChatCommand const& command) {
    auto const* message = find_or_complain(command.number);
    if (!message) return;
    bool add = true;
    for (auto const& reaction : message->reactions) {
        if (reaction.emoji != command.text) continue;
        for (auto const user : reaction.users) add &= user != client_.user();
    }
    report(client_.post_reaction(timeline_.conversation(), message->id, command.text, add));
}

void ChatSession::report(Result<std::string> const& key) {
    if (key) return;
    failed_ = true;
    complain(key.error());
}

ChatSession::awaitable<> ChatSession::list_conversations() {
    auto const list = co_await client_.conversations();
    if (!list) {
        complain(list.error());
        co_return;
    }
    Lines lines;
    for (auto const& conversation : *list) {
        ChatTimeline named;
        named.open(client_.user(), conversation);
        auto line = fmt::format("-- {}: {}", conversation.id.value, named.title());
        if (conversation.unread_count > 0)
            line += fmt::format(" ({} new)", conversation.unread_count);
        if (!conversation.last_message_preview.empty()) {
            line += "  “" + terminal_safe(conversation.last_message_preview) + "”";
        }
        if (conversation.id == timeline_.conversation()) line += "  ← here";
        lines.push_back(std::move(line));
    }
    if (lines.empty()) lines.push_back("-- none yet");
    say(std::move(lines), true);
}

void ChatSession::key_pressed(std::string_view text_so_far) {
    if (text_so_far.empty()) return client_.stop_typing();
    if (!text_so_far.starts_with('/') && !busy_) client_.keystroke(timeline_.conversation());
}

void ChatSession::older() {
    if (!busy_) spawn(read_older(20));
}

void ChatSession::interrupt() {
    if (leaving_) return end(1);
    if (client_.waiting() + waiting_.size() == 0) return end(failed_ ? 1 : 0);
    notice("-- still sending; once more leaves at once");
    leave();
}

void ChatSession::leave() {
    if (std::exchange(leaving_, true)) return;
    deadline_.expires_after(std::chrono::seconds(10));
    deadline_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        auto const unsent = client_.waiting() + waiting_.size();
        if (unsent > 0) notice(fmt::format("-- {} not sent: no connection", unsent));
        end(unsent > 0 || failed_ ? 1 : 0);
    });
    if (!busy_) end_when_sent();
}

// Posted, because a Client must finish telling before it is stopped.
void ChatSession::end_when_sent() {
    asio::post(io_, [this] {
        if (!busy_ && waiting_.empty() && client_.waiting() == 0) end(failed_ ? 1 : 0);
    });
}

void ChatSession::end(int exit_code) {
    if (std::exchange(ended_, true)) return;
    leaving_ = true;
    deadline_.cancel();
    client_.stop();
    output_.ended(exit_code);
}

}  // namespace sewa::cli
