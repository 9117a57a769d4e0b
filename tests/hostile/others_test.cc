// What an attack costs everybody else: a hundred people write to a provider, in turn in peace,
// under the attack, and beside a thread that takes as much of the processor as the attacker did and
// never speaks to the server. The time from a message to the provider's screen is compared with
// that of the other two together, as in truth the attacker has a machine of its own. The server has
// the first processor to itself, where there are two; attacker and people share the second, and the
// attacker gives way. The limits are those of an operator who changed nothing.
// `tools/prove.sh hostile` prints the table.
//
// HOSTILE_SECONDS says how long each of the nine windows is; a server would read
// SEWA_HOSTILE_SECONDS.

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>

#include "attacks.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

using Time = std::chrono::steady_clock;

constexpr int kPeople = 100;
constexpr std::int64_t kFirst = 200;
constexpr std::chrono::milliseconds kPause{6};  // Below everybody's limits.

void pin(pid_t thread, int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    ::sched_setaffinity(thread, sizeof set, &set);  // One processor alone: all stay where they are.
}

double seconds_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void give_way() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
}

class Others : public ServerTest, public testing::WithParamInterface<std::size_t> {
protected:
    void SetUp() override {
        start({"--origin", "https://shop.example", "--set", "limits.user_connects_per_minute=240",
               "--set", "limits.frames_per_minute=120", "--set", "limits.requests_per_minute=600",
               "--set", "limits.user_writes_per_minute=300", "--set",
               "limits.conversation_messages_per_minute=1200"});
        for (int i = 0; i < kPeople; ++i) {
            conversations_.push_back(open_conversation(kFirst + i));
            people_.push_back(connect(kFirst + i));
            ASSERT_TRUE(people_.back().is_alive());
        }
        provider_.emplace(connect(kProvider));
        ASSERT_TRUE(provider_->is_alive());
        target_ = {port(), std::string(kSecret), open_conversation(kAttacker)};
        separate();
    }

    void separate() {
        if (std::thread::hardware_concurrency() < 2) return;
        auto const threads = fmt::format("/proc/{}/task", process().pid());
        for (auto const& entry : std::filesystem::directory_iterator(threads)) {
            pin(std::atoi(entry.path().filename().c_str()), 0);
        }
        pin(0, 1);
    }

    // Milliseconds of each message, sent one after another at an even pace.
    void measure(std::vector<double>& into) {
        char const* const seconds = std::getenv("HOSTILE_SECONDS");
        auto const end =
            Time::now() + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(
                              seconds == nullptr ? 0.5 : std::atof(seconds)));
        for (auto next = Time::now(); next < end; next += kPause) {
            pace(next);
            auto const began = Time::now();
            deliver();
            into.push_back(std::chrono::duration<double, std::milli>(Time::now() - began).count());
        }
    }

    static void pace(Time::time_point next) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(next - Time::now()).count();
        if (left > 0) ::poll(nullptr, 0, static_cast<int>(left));
    }

    void deliver() {
        auto const i = next_++ % kPeople;
        auto const key = fmt::format("k{}", next_);
        people_[i].send(message(conversations_[i], "hello", key));
        for (;;) {
            auto const arrived = provider_->expect("message")["data"];
            ASSERT_TRUE(arrived.is_valid()) << "a message was lost";
            if (arrived["conversation_id"].number() == conversations_[i]) break;
        }
        ASSERT_TRUE(people_[i].expect("ack").is_valid());
    }

    // Measures while `work` runs over and over beside it.
    template <typename Work>
    void measure_beside(Work const& work, std::vector<double>& into) {
        std::atomic<bool> goes_on{true};
        std::thread other([&] {
            give_way();
            work(goes_on);
        });
        measure(into);
        goes_on = false;
        other.join();
    }

    void attack(AttackKind const& kind, std::atomic<bool> const& goes_on) {
        auto const began = seconds_of(CLOCK_MONOTONIC);
        auto const hostile = kind.make(target_);
        for (; goes_on; ++attacks_) hostile->once();
        share_ = seconds_of(CLOCK_THREAD_CPUTIME_ID) / (seconds_of(CLOCK_MONOTONIC) - began);
    }

    // As much of the processor as the last attack.
    void burn(std::atomic<bool> const& goes_on) const {
        auto const began = seconds_of(CLOCK_MONOTONIC);
        while (goes_on) {
            auto const passed = seconds_of(CLOCK_MONOTONIC) - began;
            if (seconds_of(CLOCK_THREAD_CPUTIME_ID) > share_ * passed) ::poll(nullptr, 0, 1);
        }
    }

    std::int64_t rss() {
        std::int64_t size = 0, resident = 0;
        std::ifstream(fmt::format("/proc/{}/statm", process().pid())) >> size >> resident;
        return resident * 4096;
    }

    static double p99(std::vector<double>& times) {
        std::sort(times.begin(), times.end());
        return times[times.size() * 99 / 100];
    }

    std::vector<std::int64_t> conversations_;
    std::vector<WsClient> people_;
    std::optional<WsClient> provider_;
    Target target_;
    std::size_t next_ = 0;
    int attacks_ = 0;
    double share_ = 0;  // Of a processor, that the last attack took.
};

TEST_P(Others, are_not_disturbed) {
    auto const& kind = attack_kinds()[GetParam()];
    std::vector<double> calm, attacked, beside;
    measure(calm);
    calm.clear();  // Caches were cold.
    auto const rss_before = rss();
    auto const log_before = log().size();
    for (int window = 0; window < 3 && !HasFailure(); ++window) {
        measure(calm);
        measure_beside([&](auto& goes_on) { attack(kind, goes_on); }, attacked);
        measure_beside([&](auto& goes_on) { burn(goes_on); }, beside);
    }
    auto const grown = static_cast<double>(rss() - rss_before) / (1 << 20);
    auto const logged = log().size() - log_before;
    auto both = calm;
    both.insert(both.end(), beside.begin(), beside.end());
    auto const control = p99(both), during = p99(attacked);
    fmt::print("| {} | {} | {} | {:.0f} % | {:.1f} | {:.1f} | {:.1f} | {:.2f} | {:+.0f} MiB |"
               " {} KiB |\n",
               kind.name, kind.answer, attacks_, 100 * share_, p99(calm), p99(beside), during,
               during / control, grown, logged >> 10);
    auto const text = log().substr(log_before);
    if (!text.empty()) fmt::print(stderr, "{}\n", text.substr(0, text.find('\n')));
    EXPECT_LT(grown, 48);
    EXPECT_LT(logged, 256u << 10);
    if (std::getenv("HOSTILE_SECONDS") != nullptr) {
        // Three milliseconds are a stumble of the disk, not of the server.
        EXPECT_LE(during, std::max(2 * control, control + 3));
    }
}

INSTANTIATE_TEST_SUITE_P(, Others, testing::Range(std::size_t{0}, attack_kinds().size()));

}  // namespace
}  // namespace sewa::e2e
