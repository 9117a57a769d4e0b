// The whole store on a disk without room: files of the process may not grow beyond a size.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "store/contract_fixture.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/integrity.h"
#include "store/sqlite/small_log_for_test.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr std::int64_t kDayMs = 24 * 3600 * 1000;

class NoRoomAbove {
public:
    explicit NoRoomAbove(std::uintmax_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const now{bytes, before_.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &now), 0);
    }
    ~NoRoomAbove() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

class FullDisk : public testing::Test {
protected:
    void open(SqliteStoreOptions options = {}) {
        store_.reset();
        options.folder = folder_.path();
        store_ = open_sqlite_store(options, clock_, random_, sink_).value();
    }
    Outcome outcome_of(Command command) {
        auto const slot = next_slot_++;
        EXPECT_TRUE(store_->submit({std::move(command), {.shard = 0, .slot = slot}}));
        return sink_.wait_for(slot);
    }
    Result<Receipt> run(Command command) { return outcome_of(std::move(command)).result; }
    Result<Receipt> post() { return run(post_for_test({1}, {1}, std::string(4000, 'x'))); }
    // When the writer answers the second one, it has done what follows a commit.
    void two_posts() {
        for (int i = 0; i < 2; ++i) post();
    }
    std::uint64_t wal_bytes() const { return std::filesystem::file_size(folder_.file() + "-wal"); }

    TemporaryFolder const folder_;
    SharedManualClock clock_;
    SeededRandom random_{1};
    RecordingSink sink_;
    std::unique_ptr<Store> store_;
    std::uint32_t next_slot_ = 0;
};

TEST_F(FullDisk, ST_4_who_writes_is_refused_and_nothing_of_it_is_stored) {
    open();
    run(CreateGroup{"", {{1}, {2}}, {}}).value();
    auto const before = post().value();
    {
        NoRoomAbove const limit(4096);
        EXPECT_EQ(post().error().code, Errc::kUnavailable);
        EXPECT_EQ(post().error().code, Errc::kUnavailable);
        EXPECT_EQ(store_->log_state().head, before.pos);
    }
    EXPECT_EQ(store_->counters().commit_failures, 2u);
    EXPECT_EQ(post()->conv_seq.value, before.conv_seq.value + 1);
    EXPECT_EQ(store_->counters().commit_failures, 2u);
}

TEST_F(FullDisk, R_7_what_cannot_be_removed_now_is_removed_later) {
    open({.retention_interval_ms = 1000});
    run(CreateGroup{"", {{1}, {2}}, {}}).value();
    run(MarkRead{{1}, {1}, {1}}).value();
    two_posts();
    clock_.advance(31 * kDayMs);
    {
        NoRoomAbove const limit(4096);
        two_posts();
        EXPECT_EQ(store_->log_state().floor, Pos{});
    }
    clock_.advance(1000);
    two_posts();
    EXPECT_EQ(store_->log_state().floor.value, 2);
}

TEST_F(FullDisk, a_backup_that_finds_no_room_is_refused) {
    open();
    run(CreateGroup{"", {{1}, {2}}, {}}).value();
    for (int i = 0; i < 20; ++i) post().value();
    auto const copy = folder_.path() + "/copy.db";
    {
        NoRoomAbove const limit(32 << 10);
        auto const refused = back_up(folder_.file(), copy, random_);
        EXPECT_NE(refused.error().message.find("the copy failed"), std::string::npos);
    }
    std::filesystem::remove(copy);
    EXPECT_TRUE(back_up(folder_.file(), copy, random_));
    EXPECT_EQ(check_integrity(copy)->events, 21);
}

// The log has room and the file has none: commits go on.
TEST_F(FullDisk, a_checkpoint_that_finds_no_room_is_made_up_for) {
    SqliteStoreOptions const options{.checkpoint = {.wal_bytes_soft = 128 << 10}};
    open(options);
    run(CreateGroup{"", {{1}, {2}}, {}}).value();
    for (int i = 0; i < 800; ++i) post().value();
    open(options);
    {
        auto const full = std::filesystem::file_size(folder_.file());
        ASSERT_GT(full, 3u << 20);
        NoRoomAbove const limit(full);
        while (wal_bytes() < (2u << 20)) ASSERT_TRUE(post());
        EXPECT_EQ(store_->counters().checkpoints, 0u);
    }
    while (store_->counters().checkpoints == 0) ASSERT_TRUE(post());
    store_.reset();
    EXPECT_EQ(check_integrity(folder_.file())->damages, 0);
}

}  // namespace
}  // namespace sewa::store::sqlite
