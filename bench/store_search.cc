// What does a search cost over many messages: two words, common and rare, of somebody who may see
// all of them and of somebody who may see few? And how quickly is the index made?
// usage: store_search [messages=1000000] [folder=/tmp]

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "store/sqlite/reader.h"
#include "store/sqlite/search_indexer.h"
#include "store_data.h"

namespace sewa::bench {

namespace {

constexpr std::size_t kWords = 50'000;
constexpr int kWordsPerMessage = 10;
constexpr UserId kEverywhere{2};
constexpr UserId kSeldom{2'000'000};

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Words as people use them: the n-th most common one 1/n as often as the first.
class Vocabulary {
public:
    explicit Vocabulary(std::uint64_t seed) : random_(seed) {}
    std::string word() {
        auto const share = static_cast<double>(random_.below(1U << 30)) / (1U << 30);
        return spelled(static_cast<std::size_t>(std::pow(double{kWords}, share)) - 1);
    }
    std::string text() {
        std::string text = word();
        for (int i = 1; i < kWordsPerMessage; ++i) text += " " + word();
        return text;
    }
    std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

private:
    static std::string spelled(std::size_t number) {
        std::string word;
        for (std::size_t rest = number + 1; rest != 0; rest /= 60) {
            word += "kptcnmrslbdg"[rest % 60 / 5];
            word += "aeiou"[rest % 5];
        }
        return word;
    }
    SeededRandom random_;
};

// Nine of ten messages in one conversation, every thousandth with somebody who has no other.
void fill(store::sqlite::Engine& engine, std::size_t messages) {
    std::vector<store::Write> groups;
    groups.push_back({store::CreateGroup{"", {kEverywhere, UserId{3}}, {}}, {}});
    groups.push_back({store::CreateGroup{"", {kEverywhere, kSeldom}, {}}, {}});
    for (int i = 0; i < 100; ++i) {
        groups.push_back({store::CreateGroup{"", {kEverywhere, UserId{100 + i}}, {}}, {}});
    }
    auto const made = engine.apply(groups);
    Vocabulary words(2);
    for (std::size_t posted = 0; posted < messages;) {
        std::vector<store::Write> writes;
        for (; writes.size() < 1000 && posted < messages; ++posted) {
            auto const group = posted % 1000 == 0 ? 1 : posted % 10 == 1 ? 2 + words.below(100) : 0;
            store::PostMessage post;
            post.conversation = made->outcomes[group].result->conversation;
            post.sender = kEverywhere;
            post.content = words.text();
            writes.push_back({std::move(post), {}});
        }
        engine.apply(writes);
        if (engine.wal_bytes() > 64 << 20) engine.checkpoint();
    }
}

void make_index(std::string const& database, std::int64_t head) {
    store::StoreCounters counters;
    auto const start = Clock::now();
    auto const indexer = store::sqlite::SearchIndexer::open(database, database + "-search",
                                                            {.settle_ms = 0}, counters)
                             .value();
    while (counters.indexed_to.load() < static_cast<std::uint64_t>(head)) {
        ::poll(nullptr, 0, 10);
    }
    fmt::print("index of {} events: {:.1f} s, {:.1f} us each, {:.0f} MB\n", head,
               seconds_since(start), 1e6 * seconds_since(start) / static_cast<double>(head),
               static_cast<double>(std::filesystem::file_size(database + "-search")) / 1e6);
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Ask>
void measure(store::Reader& reader, std::string_view what, UserId user, Ask const& ask) {
    Vocabulary words(5);
    std::vector<double> took, cpu;
    std::size_t hits = 0, unfinished = 0;
    for (int i = 0; i < 1000; ++i) {
        store::SearchQuery const query = ask(words);
        auto const cpu_start = cpu_seconds();
        auto const start = Clock::now();
        auto const page = reader.search(user, query).value();
        took.push_back(1e3 * seconds_since(start));
        cpu.push_back(1e3 * (cpu_seconds() - cpu_start));
        hits += page.hits.size();
        unfinished += page.hits.empty() && page.next_cursor ? 1 : 0;
    }
    std::sort(took.begin(), took.end());
    std::sort(cpu.begin(), cpu.end());
    fmt::print(
        "{:<42} p50 {:>6.2f}   p99 {:>6.2f}   max {:>6.2f} ms   CPU p50 {:>6.2f}   p99 {:>6.2f} ms "
        "  "
        "{:.1f} hits, {} to go on\n",
        what, took[500], took[990], took[999], cpu[500], cpu[990], static_cast<double>(hits) / 1000,
        unfinished);
}

void run(std::size_t messages, std::string const& database) {
    SystemClock const clock;
    SeededRandom random(1);
    auto engine = store::sqlite::Engine::open(database, clock, random).value();
    fill(*engine, messages);
    make_index(database, engine->log_state().head.value);
    auto reader =
        store::sqlite::open_reader(database, {.search_index = database + "-search"}).value();
    auto const two = [](Vocabulary& words) {
        return store::SearchQuery{.text = words.word() + " " + words.word() + " "};
    };
    auto const typing = [](Vocabulary& words) {
        auto last = words.word();
        last.resize(std::min<std::size_t>(last.size(), 1 + words.below(3)));
        return store::SearchQuery{.text = words.word() + " " + last};
    };
    measure(*reader, "two words, all messages may be seen", kEverywhere, two);
    measure(*reader, "two words, every thousandth may be seen", kSeldom, two);
    measure(*reader, "two words, in the long conversation", kEverywhere, [&](Vocabulary& words) {
        auto query = two(words);
        query.conversation = {1};
        return query;
    });
    measure(*reader, "the last unfinished, all may be seen", kEverywhere, typing);
    measure(*reader, "the last unfinished, few may be seen", kSeldom, typing);
}

}  // namespace

}  // namespace sewa::bench

int main(int argc, char** argv) {
    ::setvbuf(stdout, nullptr, _IOLBF, 0);
    sewa::bench::TemporaryFolder const folder(argc > 2 ? argv[2] : "/tmp");
    sewa::bench::run(argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 1'000'000,
                     folder.database());
}
