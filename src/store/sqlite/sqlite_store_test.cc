#include "store/sqlite/sqlite_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "store/contract_fixture.h"
#include "store/sqlite/eventually_for_test.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

// Counts outcomes; can hold the writer thread inside on_commit.
class CountingSink final : public CommitSink {
public:
    void on_commit(CommitBatchPtr batch) override {
        std::unique_lock lock(mutex_);
        outcomes_ += batch->outcomes.size();
        for (auto const& outcome : batch->outcomes) refused_ += outcome.result ? 0 : 1;
        changed_.notify_all();
        changed_.wait(lock, [this] { return !is_held_; });
    }
    void hold() { set_held(true); }
    void let_go() { set_held(false); }
    void wait_for(std::size_t outcomes) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return outcomes_ >= outcomes; });
    }
    std::size_t outcomes() {
        std::lock_guard const lock(mutex_);
        return outcomes_;
    }
    std::size_t refused() {
        std::lock_guard const lock(mutex_);
        return refused_;
    }

private:
    void set_held(bool held) {
        std::lock_guard const lock(mutex_);
        is_held_ = held;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t outcomes_ = 0;
    std::size_t refused_ = 0;
    bool is_held_ = false;
};

// Another one, with a wall clock that jumps. Knows how often it was looked at.
class JumpingClock final : public Clock {
public:
    explicit JumpingClock(Clock const& clock) : clock_(clock) {}
    MonoMs mono() const override {
        ++asked_;
        return clock_.mono();
    }
    WallMs wall() const override { return clock_.wall() + jumped_; }
    void jump(std::int64_t ms) { jumped_ += ms; }
    std::int64_t asked() const { return asked_; }

private:
    Clock const& clock_;
    std::atomic<std::int64_t> jumped_{0};
    mutable std::atomic<std::int64_t> asked_{0};
};

class SqliteStoreTest : public testing::Test {
protected:
    Result<std::unique_ptr<Store>> open(SqliteStoreOptions options = {}) {
        if (options.folder.empty()) options.folder = folder_.path();
        return open_sqlite_store(options, clock_, random_, sink_);
    }

    static Write post(int number) {
        return {PostMessage{.conversation = {1},
                            .sender = {1},
                            .content = std::string(700, 'x'),
                            .client_msg_id = std::to_string(number),
                            .reply_to = {},
                            .type = MessageType::kText,
                            .transport = Transport::kWebSocket,
                            .attachments = {}},
                {}};
    }
    bool is_in_files(std::string_view text) const {
        for (auto const* const ending : {"", "-wal"}) {
            std::ifstream file(folder_.file() + ending, std::ios::binary);
            std::string const bytes(std::istreambuf_iterator<char>(file), {});
            if (bytes.find(text) != std::string::npos) return true;
        }
        return false;
    }
    static Write group() { return {CreateGroup{"", {{1}, {2}}, {}}, {}}; }

    TemporaryFolder folder_;
    SharedManualClock clock_;
    SeededRandom random_{1};
    CountingSink sink_;
};

TEST_F(SqliteStoreTest, a_second_store_in_the_same_folder_is_refused) {
    auto first = open().value();
    auto const second = open();
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("another sewa is using"), std::string::npos);
    first.reset();
    EXPECT_TRUE(open());
}

TEST_F(SqliteStoreTest, the_folder_is_made_for_its_owner_only) {
    auto const path = folder_.path() + "/deep/data";
    auto store = open({.folder = path}).value();
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(SqliteStoreTest, a_folder_that_cannot_be_written_is_refused_with_its_name) {
    auto const store = open({.folder = "/proc/sewa"});
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().message.find("/proc/sewa"), std::string::npos);
}

TEST_F(SqliteStoreTest, data_of_a_newer_version_or_another_program_is_refused_unchanged) {
    auto const run = [&](char const* sql) {
        sqlite3* db = nullptr;
        ASSERT_EQ(sqlite3_open(folder_.file().c_str(), &db), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(db);
    };
    open().value().reset();
    run("PRAGMA user_version = 99");
    auto const newer = open();
    ASSERT_FALSE(newer);
    EXPECT_NE(newer.error().message.find("schema 99"), std::string::npos);
    run(fmt::format("PRAGMA user_version = {}", migrations().size()).c_str());
    EXPECT_TRUE(open());
    run("PRAGMA application_id = 5");
    auto const foreign = open();
    ASSERT_FALSE(foreign);
    EXPECT_NE(foreign.error().message.find("another program"), std::string::npos);
}

TEST_F(SqliteStoreTest, a_file_that_is_no_database_is_refused) {
    {
        auto* file = std::fopen(folder_.file().c_str(), "w");
        for (int i = 0; i < 1000; ++i) std::fputs("no database ", file);
        std::fclose(file);
    }
    EXPECT_FALSE(open());
}

TEST_F(SqliteStoreTest, an_index_that_cannot_be_made_is_refused) {
    std::filesystem::create_directories(folder_.path() + "/search.db/something");
    auto const store = open();
    ASSERT_FALSE(store);
    EXPECT_NE(store.error().message.find("search.db"), std::string::npos);
}

TEST_F(SqliteStoreTest, a_full_write_queue_refuses_and_recovers) {
    auto store = open({.write_queue_max = 10}).value();
    sink_.hold();
    ASSERT_TRUE(store->submit(group()));
    sink_.wait_for(1);
    int taken = 0;
    while (taken < 100 && store->submit(post(taken))) ++taken;
    EXPECT_EQ(taken, 10);
    EXPECT_EQ(store->counters().writes_refused, 1u);
    sink_.let_go();
    sink_.wait_for(11);
    EXPECT_TRUE(store->submit(post(100)));
    store->stop();
    EXPECT_EQ(sink_.outcomes(), 12u);
    EXPECT_EQ(sink_.refused(), 0u);
}

TEST_F(SqliteStoreTest, a_full_read_queue_refuses) {
    auto store = open({.reads = {.threads = 1, .queue_max = 2}}).value();
    std::mutex gate;
    std::unique_lock closed(gate);
    std::atomic<int> done{0};
    auto const job = [&](Reader&) {
        std::lock_guard const lock(gate);
        ++done;
    };
    int taken = 0;
    while (taken < 100 && store->read(job)) ++taken;
    EXPECT_LE(taken, 3);
    EXPECT_EQ(store->counters().reads_refused, 1u);
    closed.unlock();
    store->stop();
    EXPECT_EQ(done, taken);
}

TEST_F(SqliteStoreTest, what_waits_goes_into_one_transaction) {
    auto store = open().value();
    sink_.hold();
    ASSERT_TRUE(store->submit(group()));
    sink_.wait_for(1);
    for (int i = 0; i < 600; ++i) ASSERT_TRUE(store->submit(post(i)));
    sink_.let_go();
    store->stop();
    EXPECT_EQ(store->counters().commits, 3u);  // The group, 512, 88.
    EXPECT_EQ(store->counters().writes, 601u);
    EXPECT_EQ(store->counters().queue_length, 0u);
}

TEST_F(SqliteStoreTest, stop_commits_what_is_queued) {
    auto store = open().value();
    ASSERT_TRUE(store->submit(group()));
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(store->submit(post(i)));
    store->stop();
    EXPECT_EQ(sink_.outcomes(), 1001u);
    store.reset();
    store = open().value();
    EXPECT_EQ(store->log_state().head.value, 1001);
}

TEST_F(SqliteStoreTest, what_comes_after_the_end_is_refused) {
    auto store = open().value();
    store->stop();
    EXPECT_FALSE(store->submit(group()));
    EXPECT_FALSE(store->read([](Reader&) {}));
    EXPECT_EQ(store->counters().writes_refused, 1u);
    EXPECT_EQ(store->counters().reads_refused, 1u);
}

// A group and 3,000 markers, 31 days ago.
class OldEvents : public SqliteStoreTest {
protected:
    void SetUp() override {
        auto store = open().value();
        ASSERT_TRUE(store->submit(group()));
        for (int i = 0; i < 3000; ++i) {
            ASSERT_TRUE(store->submit({MarkRead{{1}, {1 + i % 2}, {1 + i / 2}}, {}}));
        }
        store->stop();
        head_ = store->log_state().head;
        clock_.advance(31 * kDayMs);
    }
    std::uintmax_t wal_bytes() const { return std::filesystem::file_size(folder_.file() + "-wal"); }

    static constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
    Pos head_;
};

TEST_F(OldEvents, R_7_they_leave_the_log_and_the_wal_while_nobody_writes) {
    auto store = open({.idle_ms = 1}).value();
    eventually([&] { return store->log_state().floor == head_; });
    EXPECT_EQ(store->log_state().head, head_);
    eventually([&] { return wal_bytes() == 0; });
}

TEST_F(OldEvents, R_7_they_leave_in_a_wal_that_stays_short) {
    auto store =
        open({.checkpoint = {.wal_bytes_soft = 16 << 10, .wal_bytes_hard = 16 << 10}, .idle_ms = 1})
            .value();
    eventually([&] { return store->log_state().floor == head_; });
    EXPECT_GT(store->counters().checkpoints, 1u);
}

TEST_F(OldEvents, R_7_they_stay_where_everything_is_kept) {
    auto store = open({.retention_ms = 0}).value();
    for (std::size_t i = 0; i < 2; ++i) {
        ASSERT_TRUE(store->submit(post(static_cast<int>(i))));
        sink_.wait_for(3002 + i);
    }
    EXPECT_EQ(store->log_state().floor, Pos{});
}

TEST_F(OldEvents, R_7_a_clock_that_jumps_makes_nothing_old) {
    clock_.advance(-31 * kDayMs);
    JumpingClock jumping(clock_);
    auto store = open_sqlite_store({.folder = folder_.path(), .retention_interval_ms = 0}, jumping,
                                   random_, sink_)
                     .value();
    jumping.jump(365 * kDayMs);
    for (std::size_t i = 0; i < 2; ++i) {
        ASSERT_TRUE(store->submit(post(static_cast<int>(i))));
        sink_.wait_for(3002 + i);
    }
    EXPECT_EQ(store->log_state().floor, Pos{});
}

TEST_F(SqliteStoreTest, the_wal_is_emptied_once_a_reader_has_left_it) {
    auto const size = [&](char const* ending) {
        return std::filesystem::file_size(folder_.file() + ending);
    };
    JumpingClock const clock(clock_);
    auto store =
        open_sqlite_store({.folder = folder_.path(), .idle_ms = 1}, clock, random_, sink_).value();
    sink_.hold();
    ASSERT_TRUE(store->submit(group()));
    sink_.wait_for(1);
    auto const reader = Database::open({.path = folder_.file(), .access = Access::kRead}).value();
    reader->exec("BEGIN");
    ASSERT_EQ(reader->pragma("SELECT count(*) FROM events"), 1);
    auto const before = size("");
    sink_.let_go();
    eventually([&] { return size("") != before; });  // It tries, and copies.
    ASSERT_TRUE(store->submit(post(1)));
    sink_.wait_for(2);
    EXPECT_GT(size("-wal"), 0u);
    reader->exec("COMMIT");
    eventually([&] { return size("-wal") == 0; });
    // The writer looks at the clock in each idle moment.
    auto const asked = clock.asked();
    eventually([&] { return clock.asked() >= asked + 10; });
    EXPECT_EQ(size("-wal"), 0u);
}

TEST_F(SqliteStoreTest, tells_once_that_nobody_writes_any_more) {
    JumpingClock const clock(clock_);
    std::atomic<int> told = 0;
    SqliteStoreOptions const options{
        .folder = folder_.path(), .idle_ms = 1, .on_idle = [&] { ++told; }};
    auto store = open_sqlite_store(options, clock, random_, sink_).value();
    for (int times = 1; times <= 2; ++times) {
        eventually([&] { return told == times; });
        // The writer looks at the clock in each idle moment.
        auto const asked = clock.asked();
        eventually([&] { return clock.asked() >= asked + 10; });
        EXPECT_EQ(told, times);
        ASSERT_TRUE(store->submit(times == 1 ? group() : post(1)));
        sink_.wait_for(static_cast<std::size_t>(times));
    }
    store->stop();
}

TEST_F(SqliteStoreTest, M_7_a_deleted_text_leaves_the_wal_of_a_server_that_is_never_idle) {
    // Nothing else empties it, however slow or full the machine is.
    constexpr std::int64_t kNever = std::int64_t{1} << 40;
    auto store = open({.checkpoint = {.wal_bytes_soft = kNever, .wal_bytes_hard = kNever},
                       .idle_ms = 3'600'000})
                     .value();
    auto secret = std::get<PostMessage>(post(0).command);
    secret.content = "very-secret-text";
    ASSERT_TRUE(store->submit(group()));
    ASSERT_TRUE(store->submit({secret, {}}));
    sink_.wait_for(2);
    ASSERT_TRUE(store->submit({DeleteMessage{{2}, {1}, DeleteScope::kAll}, {}}));
    sink_.wait_for(3);
    ASSERT_TRUE(is_in_files("very-secret-text"));
    clock_.advance(31'000);
    for (std::size_t i = 1; i <= 2000; ++i) {
        ASSERT_TRUE(store->submit(post(static_cast<int>(i))));
        sink_.wait_for(3 + i);
        if (i % 100 == 0 && !is_in_files("very-secret-text")) break;
    }
    EXPECT_FALSE(is_in_files("very-secret-text"));
    store->stop();
}

// Readers that hold the WAL and a writer that never rests: the WAL must still begin anew. At the
// hard limit the writer waits for readers as long as they take, so that the machine's speed does
// not matter here.
TEST_F(SqliteStoreTest, the_wal_stays_bounded_under_load_and_readers) {
    constexpr std::int64_t kSoft = 2 << 20;
    constexpr std::int64_t kHard = 8 << 20;
    auto store = open({.checkpoint = {.wal_bytes_soft = kSoft,
                                      .wal_bytes_hard = kHard,
                                      .reader_wait_ms = 600'000}})
                     .value();
    ASSERT_TRUE(store->submit(group()));
    sink_.wait_for(1);
    std::atomic<bool> is_over{false};
    std::function<void(Reader&)> const read_on = [&](Reader& reader) {
        for (int i = 0; i < 20; ++i) reader.messages({1}, {1}, {1, 100}).value();
        if (!is_over) static_cast<void>(store->read(read_on));
    };
    ASSERT_TRUE(store->read(read_on));
    ASSERT_TRUE(store->read(read_on));

    std::uint64_t highest = 0;
    for (int i = 0; i < 20'000; ++i) {
        while (!store->submit(post(i))) std::this_thread::yield();
        if (i % 200 == 0) {
            sink_.wait_for(static_cast<std::size_t>(i));
            highest = std::max(highest, store->counters().wal_bytes.load());
        }
    }
    is_over = true;
    sink_.wait_for(20'001);
    // 20,000 messages write far more than that; a batch fits above the limit.
    EXPECT_LT(highest, static_cast<std::uint64_t>(kHard + kSoft));
    EXPECT_GT(store->counters().checkpoints, 3u);
    store->stop();
}

}  // namespace
}  // namespace sewa::store::sqlite
