#include "bench/worker.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <deque>

#include "auth/jwt.h"
#include "bench/absences.h"
#include "bench/client.h"
#include "bench/slow_readers.h"
#include "bench/traffic.h"

namespace sewa::bench {

namespace {

constexpr int kTurnMsMax = 5;
constexpr std::uint64_t kSettleNsMax = 20'000'000'000;
constexpr std::int64_t kTokenMs = 24 * 3'600'000;

std::uint32_t connections_of(Plan const& plan, Slice slice) {
    return (slice.end - slice.first) * plan.layout.members;
}

// One worker: its clients, the traffic between them, and where the run is.
class Worker final : private ClientOwner, private Speaker {
public:
    Worker(Plan const& plan, Slice slice, net::Address const& server, Board& board, Tally& tally);

    void run();

private:
    enum class Phase : std::uint8_t { kDown, kConnecting, kReplaying, kLive };
    struct Session {
        Session(Clients& clients, std::uint32_t index) : client(clients, index) {}

        Client client;
        Phase phase = Phase::kDown;
        std::int64_t pos = -1;  // The cursor of R-5; -1 before the first session.
    };

    void on_open(Client&) override {}
    void on_text(Client& client, std::string_view text) override;
    void on_lost(Client& client, std::string_view why) override;
    void send(Place place, std::string_view text) override;
    bool is_present(Place place) const override;
    void fail(std::string why) override;

    std::unique_ptr<TrafficSource> make_traffic();
    void follow_stage();
    void enter(Stage stage);
    void connect_some();
    void leave_and_return();
    std::string new_session_of(std::uint32_t index) const;
    void begin_session(Session& session, ReceivedFrame const& frame);
    void go_live(Session& session);
    void resumed(Session const& session);
    void check_settled();
    void publish();
    bool all_are_live() const { return live_ == sessions_.size(); }
    Place place_of(std::uint32_t index) const {
        return {index / plan_.layout.members, index % plan_.layout.members};
    }
    std::uint32_t index_of(Place place) const {
        return place.conversation * plan_.layout.members + place.member;
    }

    Plan const& plan_;
    Slice const slice_;
    Board& board_;
    Tally& tally_;
    SystemClock clock_;
    shard::Loop loop_;
    Clients clients_;
    std::deque<Session> sessions_;
    std::unique_ptr<TrafficSource> traffic_;
    Absences absences_;
    SlowReaders slow_readers_;
    std::deque<std::uint32_t> waiting_;  // To be connected.
    std::uint32_t connecting_ = 0;
    std::uint32_t live_ = 0;
    Stage stage_ = Stage::kConnect;
    std::uint64_t stage_since_ns_ = 0;
    std::string epoch_;
    bool has_failed_ = false;
};

Worker::Worker(Plan const& plan, Slice slice, net::Address const& server, Board& board,
               Tally& tally)
    : plan_(plan),
      slice_(slice),
      board_(board),
      tally_(tally),
      loop_(ShardId{0}, clock_),
      clients_(loop_, server, *this),
      absences_(plan.churn_rate / plan.processes, plan.away_seconds, connections_of(plan, slice)),
      slow_readers_({loop_, server, tally, [this](auto index) { return new_session_of(index); }},
                    plan.slow_readers / plan.processes) {
    for (std::uint32_t i = 0; i < connections_of(plan, slice); ++i) {
        sessions_.emplace_back(clients_, i);
        waiting_.push_back(i);
    }
    traffic_ = make_traffic();
}

std::unique_ptr<TrafficSource> Worker::make_traffic() {
    TrafficParts const parts{plan_, slice_.first, slice_.end - slice_.first, loop_, *this, tally_};
    switch (plan_.traffic) {
        case Traffic::kMessages:
            if (plan_.typing_rate == 0) return make_message_traffic(parts);
            return make_with_signals(parts, make_message_traffic(parts));
        case Traffic::kTyping:
            return make_typing_traffic(parts);
        case Traffic::kIdle:
            break;
    }
    return make_no_traffic();
}

void Worker::run() {
    while (stage_ != Stage::kQuit && !has_failed_) {
        follow_stage();
        leave_and_return();
        connect_some();
        loop_.turn(kTurnMsMax);
        traffic_->on_turn();
        if (stage_ == Stage::kWarmup || stage_ == Stage::kMeasure) slow_readers_.on_turn();
        publish();
    }
    ShardScope const scope(loop_.id());
    sessions_.clear();
}

void Worker::follow_stage() {
    auto const stage = board_.stage.load(std::memory_order_acquire);
    if (stage == stage_) return;
    stage_ = stage;
    stage_since_ns_ = now_ns();
    enter(stage);
}

void Worker::enter(Stage stage) {
    switch (stage) {
        case Stage::kWarmup:
        case Stage::kMeasure:
            absences_.begin(now_ns());
            return traffic_->begin(stage);
        case Stage::kSettle:
            absences_.end();
            return traffic_->end();
        case Stage::kReconnect:
            traffic_->begin_storm();
            for (auto const& session : sessions_) {
                if (session.phase == Phase::kDown) waiting_.push_back(session.client.index());
            }
            return;
        case Stage::kConnect:
        case Stage::kOutage:
        case Stage::kQuit:
            return;
    }
}

void Worker::connect_some() {
    auto const tries = waiting_.size();
    for (std::size_t i = 0; i < tries && connecting_ < plan_.connecting_max; ++i) {
        auto const index = waiting_.front();
        waiting_.pop_front();
        auto& session = sessions_[index];
        session.phase = Phase::kConnecting;
        ++connecting_;
        auto target = new_session_of(index);
        if (session.pos >= 0) target += fmt::format("&since={}:{}", epoch_, session.pos);
        session.client.connect(target);
    }
}

void Worker::leave_and_return() {
    auto const now = now_ns();
    while (auto const index = absences_.next_to_leave(now)) {
        auto& session = sessions_[*index];
        if (session.phase != Phase::kLive) continue;
        session.client.drop();
        session.phase = Phase::kDown;
        --live_;
        absences_.left(*index, now);
    }
    while (auto const index = absences_.next_to_return(now)) waiting_.push_back(*index);
}

std::string Worker::new_session_of(std::uint32_t index) const {
    auto const place = place_of(index);
    auto const user = plan_.layout.user(slice_.first + place.conversation, place.member);
    auto const now = clock_.wall();
    auth::Claims const claims{user, now + kTokenMs, {}, {}, {}, {}, {}};
    return "/ws/messaging/?v=1&token=" +
           auth::sign_hs256(claims, {.secret = plan_.secret, .issued_at = now});
}

void Worker::on_text(Client& client, std::string_view text) {
    auto& session = sessions_[client.index()];
    auto const place = place_of(client.index());
    if (text.starts_with(R"({"type":"message",)")) {
        session.pos =
            std::max(session.pos, traffic_->on_message(place, text, session.phase != Phase::kLive));
        return;
    }
    auto const frame = read_frame(text);
    switch (frame.kind) {
        case FrameKind::kConnection:
            return begin_session(session, frame);
        case FrameKind::kSynced:
            session.pos = std::max(session.pos, frame.pos);
            return go_live(session);
        case FrameKind::kError:
            return fail("the server answered " + std::string(text));
        case FrameKind::kAck:
            session.pos = std::max(session.pos, frame.pos);
            break;
        default:
            break;
    }
    traffic_->on_frame(place, frame);
}

void Worker::begin_session(Session& session, ReceivedFrame const& frame) {
    if (epoch_.empty()) epoch_ = frame.epoch;
    if (session.pos < 0) {
        session.pos = frame.pos;
        return go_live(session);
    }
    session.phase = Phase::kReplaying;
    if (frame.resume != "resumed") {
        fail(fmt::format("a session came back as {} instead of resumed", frame.resume));
    }
}

void Worker::go_live(Session& session) {
    bool const is_back = session.phase == Phase::kReplaying;
    session.phase = Phase::kLive;
    --connecting_;
    ++live_;
    if (is_back) resumed(session);
}

void Worker::resumed(Session const& session) {
    if (stage_ == Stage::kReconnect) {
        auto const since = board_.stage_since_ns.load(std::memory_order_relaxed);
        tally_.resume_ns.record(now_ns() - since);
    } else {
        count(tally_.comebacks);
    }
    traffic_->on_resumed(place_of(session.client.index()));
}

void Worker::on_lost(Client& client, std::string_view why) {
    auto& session = sessions_[client.index()];
    if (session.phase == Phase::kLive) {
        --live_;
    } else {
        --connecting_;
    }
    bool const was_live = session.phase == Phase::kLive;
    session.phase = Phase::kDown;
    if (stage_ == Stage::kOutage) return;
    if (stage_ == Stage::kReconnect) {
        // Not before now was the end of the old connection read, or the new one was refused.
        if (!was_live) count(tally_.reconnect_errors);
        waiting_.push_back(client.index());
        return;
    }
    fail(fmt::format("a connection was lost: {}", why));
}

void Worker::send(Place place, std::string_view text) {
    if (is_present(place)) sessions_[index_of(place)].client.send_text(text);
}

bool Worker::is_present(Place place) const {
    return sessions_[index_of(place)].phase == Phase::kLive;
}

void Worker::fail(std::string why) {
    if (has_failed_) return;
    has_failed_ = true;
    auto const bytes = std::min(why.size(), tally_.failure.size() - 1);
    std::memcpy(tally_.failure.data(), why.data(), bytes);
}

void Worker::check_settled() {
    if (traffic_->is_settled() && all_are_live()) {
        tally_.state.store(WorkerState::kSettled, std::memory_order_release);
    } else if (now_ns() - stage_since_ns_ > kSettleNsMax) {
        fail(traffic_->missing());
    }
}

void Worker::publish() {
    tally_.live.store(live_, std::memory_order_relaxed);
    tally_.bytes_in.store(clients_.bytes_in, std::memory_order_relaxed);
    tally_.bytes_out.store(clients_.bytes_out, std::memory_order_relaxed);
    if (stage_ == Stage::kSettle) check_settled();
    auto state = WorkerState::kBusy;
    if (has_failed_) {
        state = WorkerState::kFailed;
    } else if (stage_ == Stage::kConnect && all_are_live()) {
        state = WorkerState::kConnected;
    } else if (stage_ == Stage::kReconnect && all_are_live()) {
        state = WorkerState::kResumed;
    }
    if (state != WorkerState::kBusy) tally_.state.store(state, std::memory_order_release);
}

}  // namespace

std::uint64_t now_ns() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

void run_worker(Plan const& plan, Slice slice, net::Address const& server, Board& board,
                Tally& tally) {
    Worker(plan, slice, server, board, tally).run();
}

}  // namespace sewa::bench
