// What does a history page of 50 cost in a long conversation, anywhere in it, and does it grow with
// the length? And a resume of somebody with many conversations?
// usage: store_read [messages=1000000] [folder=/tmp]

#include <algorithm>
#include <chrono>

#include "store/sqlite/reader.h"
#include "store_data.h"

namespace sewa::bench {

namespace {

template <typename Read>
void measure(std::string_view what, Read const& read, int times = 2000) {
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        auto const start = std::chrono::steady_clock::now();
        read();
        took.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start)
                .count());
    }
    std::sort(took.begin(), took.end());
    fmt::print("{:<58} p50 {:>7.0f} us   p99 {:>7.0f} us\n", what, took[took.size() / 2],
               took[took.size() * 99 / 100]);
}

void fill(store::sqlite::Engine& engine, ConversationId id, std::size_t messages) {
    SeededRandom random(2);
    for (std::size_t posted = 0; posted < messages;) {
        std::vector<store::Write> writes;
        for (; writes.size() < 1000 && posted < messages; ++posted) {
            UserId const sender{static_cast<std::int64_t>(2 + random.below(2))};
            writes.push_back({message(id, sender, random), {}});
        }
        engine.apply(writes);
        if (engine.wal_bytes() > 64 << 20) engine.checkpoint();
    }
}

void measure_history(store::Reader& reader, ConversationId id, std::size_t messages) {
    SeededRandom random(3);
    UserId const user{2};
    auto const pages = static_cast<std::uint64_t>(messages / 50);
    auto const any_seq = [&] { return ConvSeq{static_cast<std::int64_t>(random.below(messages))}; };
    measure(fmt::format("{} messages: newest page of 50", messages), [&] {
        reader.messages(user, id, {1, 50}).value();
    });
    measure(fmt::format("{} messages: any page of 50 by number", messages), [&] {
        auto const page = static_cast<std::uint32_t>(1 + random.below(pages));
        reader.messages(user, id, {page, 50}).value();
    });
    measure(fmt::format("{} messages: 50 before any conv_seq", messages),
            [&] { reader.messages_before(user, id, any_seq(), 50).value(); });
    measure(fmt::format("{} messages: 50 events after any conv_seq", messages),
            [&] { reader.events(user, id, any_seq(), 50).value(); });
    measure(
        fmt::format("{} messages: unread, all of the other's", messages),
        [&] { reader.unread(user, id).value(); }, 20);
    measure(fmt::format("{} messages: resume, 500 missed", messages), [&] {
        auto const head = reader.log_state()->head;
        reader.resume(user, {head.value - 500}, 500).value();
    });
}

// One user in many conversations, with a little missed in some of them.
void measure_many(store::sqlite::Engine& engine, store::Reader& reader, int conversations) {
    UserId const user{1'000'001};
    std::vector<store::Write> writes;
    for (int i = 0; i < conversations; ++i) {
        writes.push_back({store::CreateGroup{"", {user, UserId{2'000'000 + i}}, {}}, {}});
    }
    auto const made = engine.apply(writes);
    auto const since = made->head;
    SeededRandom random(4);
    writes.clear();
    for (int i = 0; i < 100; ++i) {
        auto const pick = random.below(made->outcomes.size());
        writes.push_back({message(made->outcomes[pick].result->conversation, user, random), {}});
    }
    engine.apply(writes);
    auto const title = fmt::format("{} conversations: ", conversations);
    measure(
        title + "resume, 100 missed", [&] { reader.resume(user, since, 500).value(); }, 200);
    measure(
        title + "resume, nothing missed",
        [&] { reader.resume(user, reader.log_state()->head, 500).value(); }, 200);
    measure(
        title + "first page of the list",
        [&] {
            reader.conversations(user, {}, {1, 10}).value();
        },
        200);
    measure(
        title + "unread and total",
        [&] { reader.unread(user, made->outcomes[0].result->conversation).value(); }, 200);
}

void run(std::size_t messages, std::string const& database) {
    SystemClock const clock;
    SeededRandom random(1);
    auto engine = store::sqlite::Engine::open(database, clock, random).value();
    auto const conversations = make_conversations(*engine, 1);
    auto reader = store::sqlite::open_reader(database).value();
    for (auto const count : {messages / 100, messages - messages / 100}) {
        fill(*engine, conversations[0], count);
        measure_history(*reader, conversations[0], count == messages / 100 ? count : messages);
    }
    measure_many(*engine, *reader, 10'000);

    reader.reset();
    engine.reset();
    auto const start = std::chrono::steady_clock::now();
    engine = store::sqlite::Engine::open(database, clock, random).value();
    fmt::print("open: {:.1f} ms\n",
               std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                   .count());
}

}  // namespace

}  // namespace sewa::bench

int main(int argc, char** argv) {
    sewa::bench::TemporaryFolder const folder(argc > 2 ? argv[2] : "/tmp");
    sewa::bench::run(argc > 1 ? static_cast<std::size_t>(std::atoll(argv[1])) : 1'000'000,
                     folder.database());
}
