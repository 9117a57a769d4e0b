#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "bench/ledger.h"
#include "bench/traffic.h"
#include "net/socket.h"

namespace sewa::bench {

namespace {

struct Sender {
    std::uint32_t sent = 0;
    std::uint32_t open = 0;     // Not yet with everybody.
    std::deque<Stamp> unacked;  // Ascending.
};

struct Talk {
    Talk(std::uint32_t members, std::uint32_t senders_count)
        : ledger(members), is_back(members), senders(senders_count) {}

    Ledger ledger;
    std::vector<bool> is_back;  // Of a member, since the storm began.
    std::vector<Sender> senders;
    // Frames are the same for all receivers (E-5): what was read once need not be read again.
    std::string last_text;
    ReceivedFrame last_frame;  // Its views are not good any more.
    Stamp last_stamp;
};

// Durable messages. Closed loop: a sender sends the next one when all members have one of theirs.
// Open loop: messages are due at a fixed rate, and latency counts from when they were due, however
// late they leave.
class MessageTraffic final : public TrafficSource, private shard::FdHandler {
public:
    explicit MessageTraffic(TrafficParts const& parts);
    ~MessageTraffic() override;

    void begin(Stage stage) override;
    void begin_storm() override;
    void end() override;
    void on_turn() override { send_what_is_due(); }
    std::int64_t on_message(Place place, std::string_view text, bool is_replay) override;
    void on_frame(Place place, ReceivedFrame const& frame) override;
    void on_resumed(Place place) override;
    bool is_settled() const override;
    std::string missing() const override;

private:
    bool is_open_loop() const { return parts_.plan.rate > 0; }
    bool is_storm() const { return storm_from_ns_ != UINT64_MAX; }
    bool may_speak(Place place) const;
    Histogram* latencies_of(Stamp const& stamp, bool is_replay) const;
    std::int64_t id_of(std::uint32_t talk) const {
        return parts_.plan.layout.id(parts_.first_conversation + talk).value;
    }
    void on_ready(std::uint32_t events) override;
    void send_what_is_due();
    bool send_next_of_schedule();
    void wake_at(std::uint64_t ns);
    void send_new(Place place, std::uint64_t intended_ns);
    void send(Place place, Stamp const& stamp);
    bool read_message(Talk& talk, std::int64_t id, std::string_view text);
    void acknowledged(Place place, ReceivedFrame const& frame);
    void saw(Place place, std::int64_t conv_seq, Stamp const& stamp);

    TrafficParts const parts_;
    std::vector<Talk> talks_;
    bool is_sending_ = false;
    bool has_resumed_ = false;
    std::uint64_t measured_from_ns_ = UINT64_MAX;
    std::uint64_t storm_from_ns_ = UINT64_MAX;
    std::uint64_t schedule_from_ns_ = 0;
    std::uint64_t scheduled_ = 0;
    net::UniqueFd timer_;
};

MessageTraffic::MessageTraffic(TrafficParts const& parts) : parts_(parts) {
    for (std::uint32_t i = 0; i < parts.conversations; ++i) {
        talks_.emplace_back(parts.plan.layout.members, parts.plan.senders);
    }
    if (!is_open_loop()) return;
    timer_ = net::UniqueFd(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!parts_.loop.watch(timer_.get(), EPOLLIN, *this)) parts_.speaker.fail("no timer");
}

MessageTraffic::~MessageTraffic() {
    if (timer_) parts_.loop.unwatch(timer_.get(), *this);
}

void MessageTraffic::begin(Stage stage) {
    if (stage == Stage::kMeasure) measured_from_ns_ = now_ns();
    if (is_sending_) return;
    is_sending_ = true;
    auto const now = schedule_from_ns_ = now_ns();
    if (is_open_loop()) return send_what_is_due();
    for (std::uint32_t talk = 0; talk < talks_.size(); ++talk) {
        for (std::uint32_t member = 0; member < parts_.plan.senders; ++member) {
            for (std::uint32_t i = 0; i < parts_.plan.window; ++i) send_new({talk, member}, now);
        }
    }
}

// What was due while nobody was there is not sent afterwards.
void MessageTraffic::begin_storm() {
    is_sending_ = is_open_loop();
    storm_from_ns_ = schedule_from_ns_ = now_ns();
    scheduled_ = 0;
    send_what_is_due();
}

void MessageTraffic::end() {
    is_sending_ = false;
}

// Who is away says nothing. In a storm nobody does until all who would hear it are back; that a
// connection of before has not been seen to end means nothing.
bool MessageTraffic::may_speak(Place place) const {
    auto const& is_back = talks_[place.conversation].is_back;
    return parts_.speaker.is_present(place) &&
           (!is_storm() || std::find(is_back.begin(), is_back.end(), false) == is_back.end());
}

void MessageTraffic::on_ready(std::uint32_t) {
    std::uint64_t expirations = 0;
    [[maybe_unused]] auto const got = ::read(timer_.get(), &expirations, sizeof expirations);
}

void MessageTraffic::send_what_is_due() {
    if (!is_open_loop() || !is_sending_) return;
    while (send_next_of_schedule()) {
    }
}

bool MessageTraffic::send_next_of_schedule() {
    auto const share = parts_.plan.rate / parts_.plan.processes;
    auto const due =
        schedule_from_ns_ +
        static_cast<std::uint64_t>(static_cast<double>(scheduled_) * kNsPerSecond / share);
    if (due > now_ns()) {
        wake_at(due);
        return false;
    }
    Place const place{static_cast<std::uint32_t>(scheduled_ % talks_.size()),
                      static_cast<std::uint32_t>(scheduled_ / talks_.size() % parts_.plan.senders)};
    if (!may_speak(place)) {
        ++scheduled_;
        return true;
    }
    // The server takes no more than so many unanswered writes of one connection; the wait counts.
    if (talks_[place.conversation].senders[place.member].open >= kWindowMax) return false;
    ++scheduled_;
    send_new(place, due);
    return true;
}

void MessageTraffic::wake_at(std::uint64_t ns) {
    itimerspec at{};
    at.it_value.tv_sec = static_cast<time_t>(ns / 1'000'000'000);
    at.it_value.tv_nsec = static_cast<long>(ns % 1'000'000'000);
    timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
}

void MessageTraffic::send_new(Place place, std::uint64_t intended_ns) {
    auto& sender = talks_[place.conversation].senders[place.member];
    // How long somebody was away is no latency of the server's.
    auto const due_ns = parts_.speaker.is_present(place) ? intended_ns : 0;
    Stamp const stamp{place.member, ++sender.sent, due_ns};
    ++sender.open;
    sender.unacked.push_back(stamp);
    send(place, stamp);
    count(parts_.tally.sent);
}

void MessageTraffic::send(Place place, Stamp const& stamp) {
    auto const id = id_of(place.conversation);
    parts_.speaker.send(place, message_frame(id, key_of(parts_.plan.run, id, stamp),
                                             content_of(stamp, parts_.plan.text_bytes)));
}

bool MessageTraffic::read_message(Talk& talk, std::int64_t id, std::string_view text) {
    if (talk.last_text == text) return true;
    talk.last_frame = read_frame(text);
    auto const stamp = read_content(talk.last_frame.content, parts_.plan.text_bytes);
    bool const is_ours = stamp && talk.last_frame.conversation == id &&
                         talk.last_frame.key == key_of(parts_.plan.run, id, *stamp);
    if (!is_ours) {
        parts_.speaker.fail(fmt::format("conversation {}: a message that nobody sent: {}", id,
                                        text.substr(0, 200)));
        return false;
    }
    talk.last_stamp = *stamp;
    talk.last_text = text;
    return true;
}

std::int64_t MessageTraffic::on_message(Place place, std::string_view text, bool is_replay) {
    auto& talk = talks_[place.conversation];
    if (!read_message(talk, id_of(place.conversation), text)) return 0;
    auto const conv_seq = talk.last_frame.conv_seq;
    auto const pos = talk.last_frame.pos;
    if (is_replay && talk.ledger.has_seen(place.member, conv_seq)) return pos;
    auto const stamp = talk.last_stamp;
    if (stamp.member != place.member) {
        count(parts_.tally.deliveries);
        auto* const latencies = latencies_of(stamp, is_replay);
        if (latencies != nullptr) latencies->record(now_ns() - stamp.intended_ns);
    }
    saw(place, conv_seq, stamp);
    return pos;
}

// Where a delivery counts; null: nowhere.
Histogram* MessageTraffic::latencies_of(Stamp const& stamp, bool is_replay) const {
    auto& tally = parts_.tally;
    if (stamp.intended_ns >= storm_from_ns_) return is_replay ? nullptr : &tally.storm_ns;
    bool const was_here = !is_replay || parts_.plan.churn_rate == 0;
    return was_here && stamp.intended_ns >= measured_from_ns_ ? &tally.delivery_ns : nullptr;
}

void MessageTraffic::on_frame(Place place, ReceivedFrame const& frame) {
    if (frame.kind == FrameKind::kAck) acknowledged(place, frame);
}

void MessageTraffic::acknowledged(Place place, ReceivedFrame const& frame) {
    auto const id = id_of(place.conversation);
    auto& talk = talks_[place.conversation];
    bool const may_come =
        place.member < talk.senders.size() && !talk.senders[place.member].unacked.empty();
    if (!may_come) return parts_.speaker.fail("an acknowledgement too many");
    auto& unacked = talk.senders[place.member].unacked;
    auto const stamp = unacked.front();
    if (frame.conversation != id || frame.key != key_of(parts_.plan.run, id, stamp)) {
        return parts_.speaker.fail(fmt::format(
            "conversation {}: member {} got the acknowledgement of {} before that of message {}",
            id, place.member, frame.key, stamp.number));
    }
    if (frame.is_duplicate && !has_resumed_) {
        return parts_.speaker.fail("a first send was taken for a repeated one");
    }
    unacked.pop_front();
    count(parts_.tally.acks);
    if (stamp.intended_ns >= measured_from_ns_ && stamp.intended_ns < storm_from_ns_) {
        parts_.tally.ack_ns.record(now_ns() - stamp.intended_ns);
    }
    if (frame.is_duplicate && talk.ledger.has_seen(place.member, frame.conv_seq)) return;
    saw(place, frame.conv_seq, stamp);
}

void MessageTraffic::saw(Place place, std::int64_t conv_seq, Stamp const& stamp) {
    auto& talk = talks_[place.conversation];
    auto const sight = talk.ledger.saw(place.member, conv_seq, {stamp.member, stamp.number});
    if (!sight.wrong.empty()) {
        return parts_.speaker.fail(
            fmt::format("conversation {}: {}", id_of(place.conversation), sight.wrong));
    }
    if (!sight.completed) return;
    auto const member = sight.completed->member;
    --talk.senders[member].open;
    if (is_sending_ && !is_open_loop()) send_new({place.conversation, member}, now_ns());
}

void MessageTraffic::on_resumed(Place place) {
    has_resumed_ = true;
    auto& talk = talks_[place.conversation];
    talk.is_back[place.member] = is_storm();
    if (place.member >= talk.senders.size()) return;
    for (auto const& stamp : talk.senders[place.member].unacked) send(place, stamp);
}

bool MessageTraffic::is_settled() const {
    return std::all_of(talks_.begin(), talks_.end(), [](Talk const& talk) {
        return talk.ledger.open() == 0 &&
               std::all_of(talk.senders.begin(), talk.senders.end(), [](Sender const& sender) {
                   return sender.open == 0 && sender.unacked.empty();
               });
    });
}

std::string MessageTraffic::missing() const {
    std::size_t undelivered = 0;
    std::size_t unacked = 0;
    for (auto const& talk : talks_) {
        for (auto const& sender : talk.senders) {
            undelivered += sender.open;
            unacked += sender.unacked.size();
        }
    }
    return fmt::format("lost: {} messages are not acknowledged, {} are not with everybody", unacked,
                       undelivered);
}

}  // namespace

std::unique_ptr<TrafficSource> make_message_traffic(TrafficParts const& parts) {
    return std::make_unique<MessageTraffic>(parts);
}

}  // namespace sewa::bench
