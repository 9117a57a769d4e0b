#include "client_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "frame_writer.h"
#include "sewa/utf8.h"

namespace sewa::client {
namespace {

constexpr std::size_t kOnlineMax = 10'000;
constexpr std::size_t kDeliveredMax = 1'000;
constexpr std::size_t kReportsAtOnce = 5;
constexpr std::int64_t kReportEveryMs = 2'000;

Outbox::Limits outbox_limits(CoreOptions const& options) {
    Outbox::Limits limits;
    limits.queued_max = options.queued_max;
    limits.outstanding_max = options.outstanding_max;
    limits.ack_timeout_ms = options.ack_timeout_ms;
    return limits;
}

void earlier(std::optional<MonoMs>& next, std::optional<MonoMs> candidate) {
    if (candidate) next = std::min(next.value_or(*candidate), *candidate);
}

}  // namespace

ClientCore::Parts::Parts(CoreOptions core_options, Clock const& core_clock, Random& core_random)
    : options(core_options),
      clock(core_clock),
      random(core_random),
      link(options, clock, random, actions),
      ledger({options.held_max, options.conversations_max}),
      outbox(outbox_limits(options)),
      gets(actions),
      snapshot(gets),
      repairs(gets) {}

void ClientCore::Parts::show_all(std::vector<Event> events) {
    std::move(events.begin(), events.end(), std::back_inserter(actions));
}

void ClientCore::Parts::show_all(std::vector<SendProgress> progress) {
    for (auto& item : progress) show(std::move(item));
}

std::string ClientCore::Parts::since() const {
    if (!position_known_ || snapshot.is_needed()) return {};
    return fmt::format("{}:{}", epoch, ledger.cursor().value);
}

void ClientCore::Parts::on(ConnectionFrame const& frame) {
    bool const first_start = epoch.empty() && frame.resume != "snapshot";
    if (!epoch.empty() && epoch != frame.epoch) {
        epoch_changed_ = true;
        ledger.clear();
    }
    user = frame.user;
    epoch = frame.epoch;
    if (frame.max_content > 0) content_max_ = frame.max_content;
    presence_complete_ = false;
    waiting_.clear();
    bool const resumed = frame.resume == "resumed" && position_known_ && !epoch_changed_;
    bool const needs_snapshot = !resumed && (options.sync_on_start || !first_start);
    link.greeted(resumed || needs_snapshot);
    if (resumed) return;
    position_known_ = true;
    if (needs_snapshot) return begin_snapshot();
    ledger.reset(frame.pos, {}, Ledger::Knowledge::kPartial);
}

void ClientCore::Parts::on(DurableFrame const& frame) {
    if (!link.is_greeted()) return;
    place_from_stream(frame);
}

void ClientCore::Parts::place_from_stream(DurableFrame frame) {
    if (snapshot.is_needed()) {
        if (waiting_.size() >= options.held_max) return link.drop(), connection_lost();
        waiting_.push_back(std::move(frame));
        return;
    }
    auto const pos = frame.pos;
    place(std::move(frame));
    ledger.received(pos);  // R-5: after it was applied.
}

void ClientCore::Parts::place(DurableFrame frame) {
    if (frame.conv_seq && !ledger.knows(frame.conversation)) {
        show(ConversationChanged{.conversation = frame.conversation, .change = "discovered"});
    }
    std::vector<DurableFrame> ready;
    auto const placed = ledger.place(std::move(frame), ready);
    for (auto& event : ready) show_durable(std::move(event));
    if (placed == Ledger::Placed::kFull) begin_snapshot();
}

void ClientCore::Parts::show_durable(DurableFrame frame) {
    auto* const added = std::get_if<MessageAdded>(&frame.event);
    if (!added) return show(std::move(frame.event));
    std::vector<Event> stops;
    typists.ended(frame.conversation, added->message.sender.id, stops);
    added->own = added->message.sender.id == user;
    auto const key = added->own ? added->message.client_msg_id : std::string();
    auto const message = added->message;
    note_delivered(*added);
    show(std::move(*added));
    show_all(std::move(stops));
    if (!key.empty()) finish(outbox.confirmed(key, message));
}

DurableFrame ClientCore::Parts::own_event(Request const& request, AckFrame const& ack) const {
    auto const conversation = ack.conversation ? ack.conversation : request.conversation;
    DurableFrame frame{conversation, ack.conv_seq, ack.pos, Event{}};
    switch (request.kind) {
        case Request::Kind::kMessage: {
            Message message;
            message.id = ack.id;
            message.conversation = conversation;
            message.conv_seq = ack.conv_seq;
            message.pos = ack.pos;
            message.client_msg_id = request.key;
            message.content = request.content;
            message.sender.id = user;
            message.reply_to = request.message;
            message.created_at = ack.created_at;
            frame.event = MessageAdded{std::move(message), true};
            break;
        }
        case Request::Kind::kEdit:
            frame.event = MessageUpdated{conversation, ack.conv_seq,    request.message,
                                         user,         request.content, ack.created_at};
            break;
        case Request::Kind::kDelete:
            frame.event =
                MessageDeleted{conversation, ack.conv_seq, request.message, user, request.flag};
            break;
        case Request::Kind::kReaction:
            frame.event = ReactionChanged{conversation, ack.conv_seq,    request.message,
                                          user,         request.content, request.flag};
            break;
        case Request::Kind::kRead:
            frame.event = ReadMoved{conversation, user, request.up_to};
            break;
    }
    return frame;
}

void ClientCore::Parts::on(AckFrame const& ack) {
    auto done = outbox.acknowledged(ack);
    if (!done) return read_forgotten(ack);
    auto const own = own_event(done->request, ack);
    bool const stored_now = !ack.duplicate && ack.pos;
    if (stored_now && (ack.conv_seq || done->request.kind == Request::Kind::kDelete)) {
        place_from_stream(own);  // M-4: the own copy, in commit order with everything else.
    } else if (ack.conv_seq && !snapshot.is_needed()) {
        // A repeat is answered out of order: it may fill its place, but never move the cursor.
        place(own);
    }
    finish(std::move(done));
}

// A repeat was stored after another copy of the request was refused: the ack is this connection's
// only copy of a message whose text is not here any more (M-4).
void ClientCore::Parts::read_forgotten(AckFrame const& ack) {
    if (!ack.id || !ack.conv_seq || ack.duplicate) return;
    if (snapshot.is_needed()) return begin_snapshot();  // The one under way may be older.
    ledger.promise(ack.conversation, ack.conv_seq);
}

void ClientCore::Parts::finish(std::optional<Outbox::Done> done) {
    if (!done) return;
    show(std::move(done->progress));
    unsaved_ = true;
}

void ClientCore::Parts::on(ErrorFrame const& frame) {
    finish(outbox.refused(frame, clock.mono()));
}

void ClientCore::Parts::on(SyncedFrame const& frame) {
    if (snapshot.is_needed()) return;
    ledger.received(frame.pos);
    link.caught_up();
}

void ClientCore::Parts::on(HeartbeatFrame const& frame) {
    if (!frame.is_answer) link.send(R"({"type":"heartbeat","data":{"status":"pong"}})");
}

void ClientCore::Parts::on(TypingFrame const& frame) {
    std::vector<Event> events;
    typists.heard(frame, clock.mono(), events);
    show_all(std::move(events));
}

void ClientCore::Parts::show_presence(PresenceChanged presence) {
    if (!presence.is_online)
        online_.erase(presence.user);
    else if (online_.size() < kOnlineMax)
        online_[presence.user] = presence.user_name;
    show(std::move(presence));
}

void ClientCore::Parts::on(StatusSnapshotFrame const& frame) {
    if (!std::exchange(presence_complete_, true)) {  // P-3: who is not in the first is offline.
        auto gone = std::exchange(online_, {});
        for (auto const& presence : frame.users) gone.erase(presence.user);
        for (auto& [id, name] : gone) show(PresenceChanged{id, name, false, {}});
    }
    for (auto const& presence : frame.users) show_presence(presence);
}

void ClientCore::Parts::connection_closed(std::uint16_t code) {
    if (code == static_cast<std::uint16_t>(CloseCode::kPositionUnknown)) position_known_ = false;
    link.closed(code);
    connection_lost();
}

void ClientCore::Parts::connection_lost() {
    waiting_.clear();
    signal.forget();
    std::vector<Event> stops;
    typists.clear(stops);
    show_all(std::move(stops));
    std::vector<SendProgress> progress;
    outbox.connection_lost(progress);
    show_all(std::move(progress));
}

Result<std::string> ClientCore::Parts::checked_content(std::string_view text) const {
    auto const content = trimmed(text);
    if (content.empty()) return fail(Errc::kBadRequest, "the message is empty", "content");
    if (count_code_points(content) > static_cast<std::size_t>(content_max_)) {
        return fail(Errc::kTooLarge, fmt::format("at most {} characters", content_max_), "content");
    }
    return valid_utf8(content);
}

// Begins with the time: the newest key of a conversation is the last in the server's index.
std::string ClientCore::Parts::new_key() {
    return fmt::format("{:011x}{}", clock.wall().value, random.hex(16));
}

Result<std::string> ClientCore::Parts::add(Request request) {
    if (request.key.empty()) request.key = new_key();
    SEWA_TRY(auto progress, outbox.add(std::move(request)));
    auto key = progress.key;
    show(std::move(progress));
    unsaved_ = true;
    return key;
}

void ClientCore::Parts::restore(SavedState state) {
    epoch = std::move(state.epoch);
    position_known_ = !epoch.empty();
    ledger.restore(state.pos, state.applied);
    for (auto& request : state.requests) {
        if (auto progress = outbox.add(std::move(request))) show(std::move(*progress));
    }
}

// Not in the middle of a frame's effects: what is saved as applied must have been shown before.
void ClientCore::Parts::save() {
    bool const moved = ledger.cursor() != saved_cursor_;
    if (!options.save || (!std::exchange(unsaved_, false) && !moved)) return;
    saved_cursor_ = ledger.cursor();
    auto const known = position_known_ && !snapshot.is_needed();
    actions.push_back(
        Save{{known ? epoch : std::string(), saved_cursor_, ledger.all_applied(), outbox.saved()}});
}

void ClientCore::Parts::note_delivered(MessageAdded const& added) {
    if (!options.report_delivered || added.own) return;
    if (delivered_.size() >= kDeliveredMax) return;
    if (delivered_.empty()) report_at_ = clock.mono() + kReportEveryMs;
    delivered_[added.message.conversation] = added.message.conv_seq;
}

void ClientCore::Parts::report_delivered() {
    if (delivered_.empty() || report_at_ > clock.mono() || !link.is_live()) return;
    for (std::size_t i = 0; i < kReportsAtOnce && !delivered_.empty(); ++i) {
        auto const [conversation, up_to] = *delivered_.begin();
        link.send(write_delivered(conversation, up_to));
        delivered_.erase(delivered_.begin());
    }
    report_at_ = clock.mono() + kReportEveryMs;
}

void ClientCore::Parts::tick() {
    auto const socket_before = link.connection();
    bool const was_open = link.is_greeted();
    link.tick();
    if (was_open && !link.is_current(socket_before)) connection_lost();
    std::vector<Event> stops;
    typists.expire(clock.mono(), stops);
    show_all(std::move(stops));
    auto const sign = signal.tick(clock.mono());
    if (sign && link.is_live()) link.send(write_typing(sign->conversation, sign->is_typing));
    snapshot.tick(clock.mono());
}

// After a replay, which may settle what waits; a snapshot that cannot be read does not stop
// sending.
bool ClientCore::Parts::may_send() const {
    return (link.is_live() || (link.is_greeted() && snapshot.is_needed())) && !link.is_draining();
}

void ClientCore::Parts::pump() {
    auto const now = clock.mono();
    save();  // Before anything is sent: a key that is lost cannot be repeated.
    if (!snapshot.is_needed()) repairs.want(ledger.gaps(), now);
    if (may_send()) {
        std::vector<SendProgress> progress;
        auto const due = outbox.take_due(now, progress);
        for (auto const* request : due) link.send(write_request(*request));
        show_all(std::move(progress));
    }
    report_delivered();
}

std::optional<MonoMs> ClientCore::Parts::next_due() const {
    std::optional<MonoMs> next = link.next_due();
    earlier(next, typists.next_due());
    earlier(next, signal.next_due());
    earlier(next, snapshot.next_due());
    if (!snapshot.is_needed()) earlier(next, repairs.next_due());
    if (may_send()) earlier(next, outbox.next_due());
    if (link.is_live() && !delivered_.empty()) earlier(next, report_at_);
    return next;
}

}  // namespace sewa::client
