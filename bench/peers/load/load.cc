#include "load/load.h"

#include <fmt/format.h>
#include <time.h>

#include <deque>

#include "bench/board.h"
#include "bench/client.h"
#include "bench/frame_text.h"
#include "bench/process_usage.h"
#include "load/talk.h"

namespace sewa::peer_load {

namespace {

using bench::now_ns;

constexpr int kTurnMsMax = 5;
constexpr double kConnectSecondsMax = 120;
constexpr double kCalmSeconds = 2;  // Until memory has settled.
constexpr double kSettleSecondsMax = 40;
constexpr std::uint64_t kPatienceNs = 30'000'000'000;  // Then a message counts as lost.

double seconds_since(std::uint64_t start_ns) {
    return static_cast<double>(now_ns() - start_ns) / 1e9;
}

double generator_seconds() {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

class Load;

// One member's connection.
struct Session final : Listener {
    Session(Load& owner, bench::Clients& clients, std::uint32_t index, Member const& who)
        : load(owner), client(clients, index), member(who) {}

    void on_live() override;
    void on_message(std::string_view text) override;
    void answer(std::string_view payload) override;
    void on_wrong(std::string_view why) override;

    Load& load;
    bench::Client client;
    Member const member;
    std::unique_ptr<Dialect> dialect;
    bool is_live = false;
};

struct Room {
    Room(std::uint32_t members, std::uint32_t senders) : talk(members, senders) {}

    Talk talk;
    // Everybody hears the same text: what was read once need not be read again.
    std::string last_text;
    bench::Stamp last_stamp;
};

class Load final : private bench::ClientOwner {
public:
    explicit Load(LoadPlan const& plan);

    Result<std::unique_ptr<LoadReport>> run();

    void went_live(Session& session);
    void heard(Session& session, std::string_view text);
    void fail_with(std::string why);

private:
    void on_open(bench::Client& client) override;
    void on_text(bench::Client& client, std::string_view text) override;
    bool on_binary(bench::Client& client, std::string_view bytes) override;
    void on_lost(bench::Client& client, std::string_view why) override;

    Status connect();
    Status measure();
    Status settle();
    Status turn_for(double seconds);
    Status turn();
    void connect_some();
    void begin_talks();
    void say(std::uint32_t room, std::uint32_t sender);
    void give_up_old();
    bench::CpuTime server_cpu() const;
    double server_anonymous_bytes() const;
    std::uint64_t missing() const;
    std::uint64_t heard_deliveries() const;
    Session& session(std::uint32_t room, std::uint32_t place) {
        return sessions_[std::size_t{room} * plan_.speech.layout.members + place];
    }

    LoadPlan const& plan_;
    SystemClock clock_;
    shard::Loop loop_;
    bench::Clients clients_;
    std::vector<Room> rooms_;
    std::deque<Session> sessions_;
    std::uint32_t started_ = 0;
    std::uint32_t live_ = 0;
    std::uint64_t completed_ = 0;
    std::uint64_t looked_ns_ = 0;
    std::uint64_t measured_from_ns_ = UINT64_MAX;
    bool is_sending_ = false;
    bool is_ending_ = false;
    std::string failure_;
    std::unique_ptr<LoadReport> report_ = std::make_unique<LoadReport>();
};

void Session::on_live() {
    load.went_live(*this);
}

void Session::on_message(std::string_view text) {
    load.heard(*this, text);
}

void Session::answer(std::string_view payload) {
    if (!client.is_open()) return;
    dialect->is_binary() ? client.send_binary(payload) : client.send_text(payload);
}

void Session::on_wrong(std::string_view why) {
    load.fail_with("the server answered " + std::string(why.substr(0, 300)));
}

Load::Load(LoadPlan const& plan)
    : plan_(plan), loop_(ShardId{0}, clock_), clients_(loop_, plan.server, *this) {
    auto const& layout = plan.speech.layout;
    for (std::uint32_t room = 0; room < layout.conversations; ++room) {
        rooms_.emplace_back(layout.members, plan.senders);
        for (std::uint32_t place = 0; place < layout.members; ++place) {
            auto const index = static_cast<std::uint32_t>(sessions_.size());
            sessions_.emplace_back(*this, clients_, index, Member{room, place});
            sessions_.back().dialect = make_dialect(plan.speech, {room, place});
        }
    }
}

Result<std::unique_ptr<LoadReport>> Load::run() {
    SEWA_CHECK(connect());
    if (!plan_.is_idle) {
        SEWA_CHECK(measure());
        SEWA_CHECK(settle());
    }
    is_ending_ = true;
    return std::move(report_);
}

Status Load::connect() {
    auto const unloaded = server_anonymous_bytes();
    auto const start = now_ns();
    while (live_ < sessions_.size()) {
        connect_some();
        SEWA_CHECK(turn());
        if (seconds_since(start) > kConnectSecondsMax) {
            return fail(Errc::kUnavailable, fmt::format("{} of {} are live", live_, started_));
        }
    }
    report_->connect_s = seconds_since(start);
    report_->connections = live_;
    SEWA_CHECK(turn_for(kCalmSeconds));
    report_->anonymous_bytes_per_connection = (server_anonymous_bytes() - unloaded) / live_;
    return {};
}

void Load::connect_some() {
    while (started_ < sessions_.size() && started_ - live_ < plan_.connecting_max) {
        auto& next = sessions_[started_++];
        next.client.connect(next.dialect->target(), next.dialect->headers());
    }
}

Status Load::measure() {
    begin_talks();
    SEWA_CHECK(turn_for(plan_.warmup_seconds));
    auto const cpu = server_cpu();
    auto const own = generator_seconds();
    auto const deliveries = heard_deliveries();
    auto const completed = completed_;
    measured_from_ns_ = now_ns();
    SEWA_CHECK(turn_for(plan_.seconds));
    auto const cpu_after = server_cpu();
    auto& report = *report_;
    report.seconds = seconds_since(measured_from_ns_);
    report.deliveries = heard_deliveries() - deliveries;
    report.messages = completed_ - completed;
    report.server_user_s = cpu_after.user_s - cpu.user_s;
    report.server_system_s = cpu_after.system_s - cpu.system_s;
    report.generator_s = generator_seconds() - own;
    return {};
}

Status Load::settle() {
    is_sending_ = false;
    auto const start = now_ns();
    while (missing() > 0 && seconds_since(start) < kSettleSecondsMax) SEWA_CHECK(turn());
    // What is doubled may still be on its way.
    SEWA_CHECK(turn_for(0.1));
    report_->missing = missing();
    for (auto const& room : rooms_) {
        report_->reordered += room.talk.reordered();
        report_->doubled += room.talk.doubled();
    }
    return {};
}

Status Load::turn_for(double seconds) {
    auto const start = now_ns();
    while (seconds_since(start) < seconds) SEWA_CHECK(turn());
    return {};
}

Status Load::turn() {
    loop_.turn(kTurnMsMax);
    give_up_old();
    return failure_.empty() ? Status{} : fail(Errc::kInternal, failure_);
}

void Load::begin_talks() {
    is_sending_ = true;
    for (std::uint32_t room = 0; room < rooms_.size(); ++room) {
        for (std::uint32_t sender = 0; sender < plan_.senders; ++sender) {
            for (std::uint32_t i = 0; i < plan_.window; ++i) say(room, sender);
        }
    }
}

void Load::say(std::uint32_t room, std::uint32_t sender) {
    auto& speaker = session(room, sender);
    if (!is_sending_ || !speaker.client.is_open()) return;
    auto const now = now_ns();
    auto const number = rooms_[room].talk.send(sender, now);
    auto const text = bench::content_of({sender, number, now}, plan_.text_bytes);
    speaker.answer(speaker.dialect->message(text));
}

void Load::give_up_old() {
    auto const now = now_ns();
    if (!is_sending_ || now - looked_ns_ < kPatienceNs / 10) return;
    looked_ns_ = now;
    for (std::uint32_t room = 0; room < rooms_.size(); ++room) {
        for (std::uint32_t sender = 0; sender < plan_.senders; ++sender) {
            auto const lost = rooms_[room].talk.give_up(sender, now - kPatienceNs);
            report_->given_up += lost;
            for (std::uint32_t i = 0; i < lost; ++i) say(room, sender);
        }
    }
}

void Load::on_open(bench::Client& client) {
    auto& session = sessions_[client.index()];
    session.dialect->on_open(session);
}

void Load::on_text(bench::Client& client, std::string_view text) {
    auto& session = sessions_[client.index()];
    session.dialect->on_payload(text, session);
}

bool Load::on_binary(bench::Client& client, std::string_view bytes) {
    auto& session = sessions_[client.index()];
    if (!session.dialect->is_binary()) return false;
    session.dialect->on_payload(bytes, session);
    return true;
}

void Load::on_lost(bench::Client&, std::string_view why) {
    if (!is_ending_) fail_with(fmt::format("a connection was lost: {}", why));
}

void Load::went_live(Session& session) {
    if (session.is_live) return;
    session.is_live = true;
    ++live_;
}

void Load::heard(Session& session, std::string_view text) {
    auto& room = rooms_[session.member.room];
    if (room.last_text != text) {
        auto const stamp = bench::read_content(text, plan_.text_bytes);
        if (!stamp) return fail_with("a message that nobody sent: " + std::string(text));
        room.last_text = text;
        room.last_stamp = *stamp;
    }
    auto const stamp = room.last_stamp;
    if (stamp.member == session.member.place) return;
    auto const sight = room.talk.saw(session.member.place, stamp.member, stamp.number);
    if (sight == Talk::Sight::kUnknown) {
        return fail_with("a message from elsewhere: " + std::string(text));
    }
    if (sight == Talk::Sight::kDoubled) return;
    if (stamp.intended_ns >= measured_from_ns_) {
        report_->latency_ns.record(now_ns() - stamp.intended_ns);
    }
    if (sight != Talk::Sight::kCompleted) return;
    ++completed_;
    say(session.member.room, stamp.member);
}

void Load::fail_with(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
}

bench::CpuTime Load::server_cpu() const {
    bench::CpuTime sum;
    for (auto const process : plan_.processes) {
        auto const cpu = bench::cpu_of(process).value_or(bench::CpuTime{});
        sum.user_s += cpu.user_s;
        sum.system_s += cpu.system_s;
    }
    return sum;
}

double Load::server_anonymous_bytes() const {
    double sum = 0;
    for (auto const process : plan_.processes) {
        auto const memory = bench::memory_of(process).value_or(bench::Memory{});
        sum += static_cast<double>(memory.anonymous_bytes);
    }
    return sum;
}

std::uint64_t Load::missing() const {
    std::uint64_t sum = 0;
    for (auto const& room : rooms_) sum += room.talk.missing();
    return sum;
}

std::uint64_t Load::heard_deliveries() const {
    std::uint64_t sum = 0;
    for (auto const& room : rooms_) sum += room.talk.heard();
    return sum;
}

double ms(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e6;
}

}  // namespace

std::string to_json(LoadReport const& report) {
    auto const& latency = report.latency_ns;
    return fmt::format(
        R"({{"connections":{},"connect_s":{:.3f},"anonymous_bytes_per_connection":{:.0f},)"
        R"("seconds":{:.3f},"messages":{},"deliveries":{},"server_user_s":{:.2f},)"
        R"("server_system_s":{:.2f},"generator_s":{:.2f},"given_up":{},"missing":{},)"
        R"("reordered":{},"doubled":{},"p50_ms":{:.3f},"p99_ms":{:.3f},"max_ms":{:.3f}}})"
        "\n",
        report.connections, report.connect_s, report.anonymous_bytes_per_connection, report.seconds,
        report.messages, report.deliveries, report.server_user_s, report.server_system_s,
        report.generator_s, report.given_up, report.missing, report.reordered, report.doubled,
        ms(latency.at(0.5)), ms(latency.at(0.99)), ms(latency.max()));
}

Result<std::unique_ptr<LoadReport>> run_load(LoadPlan const& plan) {
    Load load(plan);
    return load.run();
}

}  // namespace sewa::peer_load
