// How many messages per second does the engine take, encoding and the sync of each batch included?
// On a busy machine the processor time per message says more than the rate.
// usage: store_post [batch=512] [messages=500000] [conversations=1000] [folder=/tmp]

#include <chrono>

#include "store_data.h"

namespace sewa::bench {

namespace {

struct Plan {
    std::size_t batch;
    std::size_t messages;
    int conversations;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void run(Plan const& plan, std::string const& database) {
    SystemClock const clock;
    SeededRandom random(1);
    auto engine = store::sqlite::Engine::open(database, clock, random).value();
    auto const conversations = make_conversations(*engine, plan.conversations);

    double applying = 0, cpu = 0, checkpointing = 0, slowest = 0;
    std::size_t posted = 0;
    while (posted < plan.messages) {
        std::vector<store::Write> writes;
        for (std::size_t i = 0; i < plan.batch; ++i) {
            auto const pick = random.below(conversations.size());
            UserId const sender{static_cast<std::int64_t>(2 * (pick + 1) + random.below(2))};
            writes.push_back({message(conversations[pick], sender, random), {}});
        }
        auto const cpu_start = cpu_seconds();
        auto const start = std::chrono::steady_clock::now();
        auto const batch = engine->apply(writes);
        auto const took = seconds_since(start);
        applying += took;
        cpu += cpu_seconds() - cpu_start;
        slowest = std::max(slowest, took);
        posted += batch->events.size();

        auto const between = std::chrono::steady_clock::now();
        if (engine->wal_bytes() > 32 << 20) engine->checkpoint();
        checkpointing += seconds_since(between);
    }
    fmt::print(
        "{} messages, batches of {}, {} conversations: {:.0f}/s in apply "
        "({:.2f} us each, {:.2f} us of CPU, slowest batch {:.1f} ms), {:.0f}/s with checkpoints\n",
        posted, plan.batch, plan.conversations, posted / applying, 1e6 * applying / posted,
        1e6 * cpu / posted, 1e3 * slowest, posted / (applying + checkpointing));
}

}  // namespace

}  // namespace sewa::bench

int main(int argc, char** argv) {
    auto const number = [&](int index, int otherwise) {
        return argc > index ? std::atoi(argv[index]) : otherwise;
    };
    sewa::bench::TemporaryFolder const folder(argc > 4 ? argv[4] : "/tmp");
    sewa::bench::run({static_cast<std::size_t>(number(1, 512)),
                      static_cast<std::size_t>(number(2, 500'000)), number(3, 1000)},
                     folder.database());
}
