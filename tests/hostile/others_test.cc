// What an attack costs everybody else: a hundred people write to a provider, in turn without and
// with the attack, and the time from a message to the provider's screen is compared. A hostile
// client has a thread of its own that gives way to others, as a machine of its own would; the
// limits are those of an operator who changed nothing. `tools/prove.sh hostile` prints the table.
//
// HOSTILE_SECONDS says how long each of the six windows is; a server would read
// SEWA_HOSTILE_SECONDS.

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
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

class Others : public ServerTest, public testing::WithParamInterface<std::size_t> {
protected:
    void SetUp() override {
        start({"--origin", "https://shop.example", "--set", "limits.frames_per_minute=120", "--set",
               "limits.requests_per_minute=600", "--set", "limits.user_writes_per_minute=300",
               "--set", "limits.conversation_messages_per_minute=1200"});
        for (int i = 0; i < kPeople; ++i) {
            conversations_.push_back(open_conversation(kFirst + i));
            people_.push_back(connect(kFirst + i));
            ASSERT_TRUE(people_.back().is_alive());
        }
        provider_.emplace(connect(kProvider));
        ASSERT_TRUE(provider_->is_alive());
        target_ = {port(), std::string(kSecret), open_conversation(kAttacker)};
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

    void measure_under_attack(AttackKind const& kind, std::vector<double>& into) {
        std::atomic<bool> goes_on{true};
        std::thread attacker([&] {
            ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
            auto const attack = kind.make(target_);
            while (goes_on) {
                attack->once();
                attacks_.fetch_add(1, std::memory_order_relaxed);
            }
        });
        measure(into);
        goes_on = false;
        attacker.join();
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
    std::atomic<int> attacks_{0};
};

TEST_P(Others, are_not_disturbed) {
    auto const& kind = attack_kinds()[GetParam()];
    std::vector<double> calm, attacked;
    measure(calm);
    calm.clear();  // Caches were cold.
    auto const rss_before = rss();
    auto const log_before = log().size();
    for (int window = 0; window < 3 && !HasFailure(); ++window) {
        measure(calm);
        measure_under_attack(kind, attacked);
    }
    auto const grown = static_cast<double>(rss() - rss_before) / (1 << 20);
    auto const logged = log().size() - log_before;
    auto const before = p99(calm), during = p99(attacked);
    fmt::print("| {} | {} | {} | {:.1f} | {:.1f} | {:.2f} | {:+.0f} MiB | {} KiB |\n", kind.name,
               kind.answer, attacks_.load(), before, during, during / before, grown, logged >> 10);
    auto const text = log().substr(log_before);
    if (!text.empty()) fmt::print(stderr, "{}\n", text.substr(0, text.find('\n')));
    EXPECT_LT(grown, 48);
    EXPECT_LT(logged, 256u << 10);
    if (std::getenv("HOSTILE_SECONDS") != nullptr) {
        // Three milliseconds are a stumble of the disk, not of the server.
        EXPECT_LE(during, std::max(2 * before, before + 3));
    }
}

INSTANTIATE_TEST_SUITE_P(, Others, testing::Range(std::size_t{0}, attack_kinds().size()));

}  // namespace
}  // namespace sewa::e2e
