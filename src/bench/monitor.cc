#include "bench/monitor.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <new>
#include <optional>
#include <thread>
#include <vector>

#include "bench/board.h"
#include "bench/process_usage.h"
#include "bench/worker.h"

namespace sewa::bench {

namespace {

constexpr std::chrono::milliseconds kPoll{10};
constexpr std::chrono::seconds kMemorySettle{2};
// Longer than the store waits before it puts things in order.
constexpr std::chrono::seconds kIdleSettle{8};
constexpr double kSampleSeconds = 0.5;
constexpr double kConnectSecondsMax = 120;
constexpr double kSettleSecondsMax = 40;

struct Unmap {
    void operator()(Board* board) const { munmap(board, sizeof *board); }
};
using BoardPtr = std::unique_ptr<Board, Unmap>;

BoardPtr make_board() {
    auto* const memory =
        mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return BoardPtr(memory == MAP_FAILED ? nullptr : new (memory) Board);
}

double seconds_since(std::uint64_t start_ns) {
    return static_cast<double>(now_ns() - start_ns) / 1e9;
}

// Totals of all workers at one moment.
struct Totals {
    std::uint64_t at_ns = 0;
    std::uint64_t live = 0, sent = 0, acks = 0, deliveries = 0, bytes_in = 0, bytes_out = 0;
    std::uint64_t shed = 0, errors = 0, signals = 0, comebacks = 0, slow_lost = 0;
    double generator_s = 0;
    std::optional<CpuTime> server;
};

class Monitor {
public:
    Monitor(Plan const& plan, Target target,
            std::function<void(std::string const&)> const& progress)
        : plan_(plan), target_(std::move(target)), progress_(progress), board_(make_board()) {}
    ~Monitor();

    Result<std::unique_ptr<Report>> run();

private:
    Status start_workers();
    Status connect();
    Status measure();
    Status storm();
    Status settle();
    void gather();
    void enter(Stage stage);
    Status watch_for(double seconds);
    Status wait_until(WorkerState state, double seconds_max, std::string_view what);
    Status check_workers() const;
    bool all_are(WorkerState state) const;
    void tell();
    void sample();
    std::chrono::seconds settle_time() const {
        return plan_.traffic == Traffic::kIdle ? kIdleSettle : kMemorySettle;
    }
    Totals totals() const;

    Plan const& plan_;
    Target target_;
    std::function<void(std::string const&)> const& progress_;
    BoardPtr board_;
    std::vector<pid_t> workers_;
    std::unique_ptr<Report> report_ = std::make_unique<Report>();
    std::optional<Memory> unloaded_;
    Totals told_;
    Totals sampled_;
    std::uint64_t timeline_zero_ns_ = 0;
};

Monitor::~Monitor() {
    if (board_) board_->stage = Stage::kQuit;
    for (auto const worker : workers_) {
        ::kill(worker, SIGKILL);
        waitpid(worker, nullptr, 0);
    }
}

Status Monitor::start_workers() {
    auto const conversations = plan_.layout.conversations;
    for (std::uint32_t i = 0; i < plan_.processes; ++i) {
        Slice const slice{conversations * i / plan_.processes,
                          conversations * (i + 1) / plan_.processes};
        auto const pid = fork();
        if (pid < 0) return fail(Errc::kUnavailable, "cannot start a process");
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (plan_.pins_cores) pin_to_core(1);
            run_worker(plan_, slice, target_.address, *board_, board_->tallies[i]);
            _exit(0);
        }
        workers_.push_back(pid);
    }
    return {};
}

Result<std::unique_ptr<Report>> Monitor::run() {
    if (!board_) return fail(Errc::kUnavailable, "no memory");
    report_->name = name_of(plan_);
    report_->connections = plan_.layout.connections();
    if (target_.pid > 0) {
        // The server takes what was prepared into its search index.
        std::this_thread::sleep_for(settle_time());
        unloaded_ = memory_of(target_.pid);
    }
    SEWA_CHECK(start_workers());
    SEWA_CHECK(connect());
    SEWA_CHECK(measure());
    if (plan_.storm) SEWA_CHECK(storm());
    SEWA_CHECK(settle());
    gather();
    return std::move(report_);
}

Status Monitor::connect() {
    auto const start = now_ns();
    SEWA_CHECK(wait_until(WorkerState::kConnected, kConnectSecondsMax, "not everybody connected"));
    report_->connect_s = seconds_since(start);
    if (!unloaded_) return {};
    std::this_thread::sleep_for(settle_time());
    auto const loaded = memory_of(target_.pid);
    if (!loaded) return fail(Errc::kUnavailable, "the server is gone");
    auto const per_connection = [&](std::uint64_t before, std::uint64_t after) {
        return (static_cast<double>(after) - static_cast<double>(before)) / report_->connections;
    };
    report_->memory = Report::Memory{
        per_connection(unloaded_->anonymous_bytes, loaded->anonymous_bytes),
        per_connection(unloaded_->resident_bytes, loaded->resident_bytes), loaded->resident_bytes};
    return {};
}

Status Monitor::measure() {
    enter(Stage::kWarmup);
    sampled_ = totals();
    auto const warmup_ns = static_cast<std::uint64_t>(plan_.warmup_seconds * 1e9);
    timeline_zero_ns_ = sampled_.at_ns + warmup_ns;
    SEWA_CHECK(watch_for(plan_.warmup_seconds));
    enter(Stage::kMeasure);
    auto const before = totals();
    SEWA_CHECK(watch_for(plan_.seconds));
    auto const after = totals();
    auto& report = *report_;
    report.seconds = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
    bool const has_acks = plan_.traffic == Traffic::kMessages;
    report.messages = has_acks ? after.acks - before.acks : after.sent - before.sent;
    report.deliveries = after.deliveries - before.deliveries;
    report.bytes_in = after.bytes_in - before.bytes_in;
    report.bytes_out = after.bytes_out - before.bytes_out;
    report.shed = after.shed - before.shed;
    report.signals = after.signals - before.signals;
    report.comebacks = after.comebacks - before.comebacks;
    report.slow_lost = after.slow_lost - before.slow_lost;
    if (before.server && after.server) {
        report.cpu = Report::Cpu{after.server->user_s - before.server->user_s,
                                 after.server->system_s - before.server->system_s,
                                 after.generator_s - before.generator_s};
    }
    return {};
}

Status Monitor::storm() {
    if (!target_.restart) return fail(Errc::kBadRequest, "a storm needs --self-contained");
    enter(Stage::kOutage);
    auto& storm = report_->storm.emplace(Report::Storm{});
    // So that every worker knows that the connections will end.
    SEWA_CHECK(watch_for(0.1));
    auto const killed_ns = now_ns();
    SEWA_CHECK(target_.restart(target_.pid));
    storm.restart_s = seconds_since(killed_ns);
    auto const start = now_ns();
    enter(Stage::kReconnect);
    SEWA_CHECK(wait_until(WorkerState::kResumed, kConnectSecondsMax, "not everybody came back"));
    storm.resumed_s = seconds_since(start);
    storm.errors = totals().errors;
    storm.peak_resident = peak_resident_bytes_of(target_.pid).value_or(0);
    return {};
}

Status Monitor::settle() {
    enter(Stage::kSettle);
    return wait_until(WorkerState::kSettled, kSettleSecondsMax,
                      "the workers do not come to an end");
}

void Monitor::gather() {
    for (std::uint32_t i = 0; i < plan_.processes; ++i) {
        auto const& tally = board_->tallies[i];
        report_->delivery_ns.add(tally.delivery_ns);
        report_->ack_ns.add(tally.ack_ns);
        if (!report_->storm) continue;
        report_->storm->resume_ns.add(tally.resume_ns);
        report_->storm->others_ns.add(tally.storm_ns);
    }
}

void Monitor::enter(Stage stage) {
    for (std::uint32_t i = 0; i < plan_.processes; ++i) {
        auto expected = board_->tallies[i].state.load();
        if (expected == WorkerState::kFailed) continue;
        board_->tallies[i].state.compare_exchange_strong(expected, WorkerState::kBusy);
    }
    board_->stage_since_ns = now_ns();
    board_->stage.store(stage, std::memory_order_release);
}

Status Monitor::watch_for(double seconds) {
    auto const start = now_ns();
    while (seconds_since(start) < seconds) {
        std::this_thread::sleep_for(kPoll);
        SEWA_CHECK(check_workers());
        tell();
        sample();
    }
    return {};
}

void Monitor::sample() {
    auto const passed = seconds_since(sampled_.at_ns);
    if (passed < kSampleSeconds) return;
    auto const now = totals();
    auto const rate = [&](std::uint64_t before, std::uint64_t after) {
        return static_cast<double>(after - before) / passed;
    };
    Sample sample;
    sample.at_s = (static_cast<double>(now.at_ns) - static_cast<double>(timeline_zero_ns_)) / 1e9;
    bool const has_acks = plan_.traffic == Traffic::kMessages;
    sample.messages_per_s =
        has_acks ? rate(sampled_.acks, now.acks) : rate(sampled_.sent, now.sent);
    sample.deliveries_per_s = rate(sampled_.deliveries, now.deliveries);
    if (sampled_.server && now.server) {
        sample.server_cpu = (now.server->user_s + now.server->system_s - sampled_.server->user_s -
                             sampled_.server->system_s) /
                            passed;
        sample.resident_bytes = resident_bytes_of(target_.pid).value_or(0);
    }
    report_->timeline.push_back(sample);
    sampled_ = now;
}

Status Monitor::wait_until(WorkerState state, double seconds_max, std::string_view what) {
    auto const start = now_ns();
    while (!all_are(state)) {
        SEWA_CHECK(check_workers());
        if (seconds_since(start) > seconds_max) {
            return fail(Errc::kUnavailable, fmt::format("{}: {} of {} sessions are live", what,
                                                        totals().live, report_->connections));
        }
        std::this_thread::sleep_for(kPoll);
        tell();
    }
    return {};
}

Status Monitor::check_workers() const {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        auto const& tally = board_->tallies[i];
        if (tally.state.load(std::memory_order_acquire) == WorkerState::kFailed) {
            return fail(Errc::kInternal, tally.failure.data());
        }
        siginfo_t info{};
        auto const id = static_cast<id_t>(workers_[i]);
        bool const has_ended =
            waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
        if (has_ended) return fail(Errc::kInternal, "a process of the generator ended");
    }
    return {};
}

bool Monitor::all_are(WorkerState state) const {
    for (std::uint32_t i = 0; i < plan_.processes; ++i) {
        if (board_->tallies[i].state.load(std::memory_order_acquire) != state) return false;
    }
    return true;
}

void Monitor::tell() {
    if (told_.at_ns != 0 && seconds_since(told_.at_ns) < 1) return;
    auto const now = totals();
    auto const passed = told_.at_ns == 0 ? 1.0 : static_cast<double>(now.at_ns - told_.at_ns) / 1e9;
    progress_(fmt::format("{} live, {:.0f} messages/s, {:.0f} deliveries/s", now.live,
                          static_cast<double>(now.acks - told_.acks) / passed,
                          static_cast<double>(now.deliveries - told_.deliveries) / passed));
    told_ = now;
}

Totals Monitor::totals() const {
    Totals sum;
    sum.at_ns = now_ns();
    for (std::uint32_t i = 0; i < plan_.processes; ++i) {
        auto const& tally = board_->tallies[i];
        sum.live += tally.live;
        sum.sent += tally.sent;
        sum.acks += tally.acks;
        sum.deliveries += tally.deliveries;
        sum.bytes_in += tally.bytes_in;
        sum.bytes_out += tally.bytes_out;
        sum.shed += tally.shed;
        sum.errors += tally.reconnect_errors;
        sum.signals += tally.signals;
        sum.comebacks += tally.comebacks;
        sum.slow_lost += tally.slow_lost;
    }
    for (auto const worker : workers_) {
        if (auto const cpu = cpu_of(worker)) sum.generator_s += cpu->user_s + cpu->system_s;
    }
    if (target_.pid > 0) sum.server = cpu_of(target_.pid);
    return sum;
}

}  // namespace

Result<std::unique_ptr<Report>> run_plan(Plan const& plan, Target target,
                                         std::function<void(std::string const&)> const& progress) {
    return Monitor(plan, std::move(target), progress).run();
}

}  // namespace sewa::bench
