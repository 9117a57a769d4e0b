#include "store/sqlite/gathering_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <vector>

#include "store/sqlite/database.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

struct Call {
    char kind;  // 'w'rite, 'g'rowth (zeros) or 's'ync.
    int size = 0;
    sqlite3_int64 at = 0;
};

// A file layer that notes what reaches the log and can fail once.
class Recorder {
public:
    static std::vector<Call>& calls() {
        static std::vector<Call> made;
        return made;
    }
    static int& next_write() {
        static int result = SQLITE_OK;
        return result;
    }
    static int& next_growth() {
        static int result = SQLITE_OK;
        return result;
    }
    static char const* name() {
        static Recorder const recorder;
        return recorder.vfs_.zName;
    }

private:
    Recorder() : vfs_(*sqlite3_vfs_find(nullptr)) {
        real() = sqlite3_vfs_find(nullptr);
        vfs_.pNext = nullptr;
        vfs_.zName = "recorder";
        vfs_.xOpen = open;
        sqlite3_vfs_register(const_cast<sqlite3_vfs*>(&vfs_), 0);
    }

    static sqlite3_vfs*& real() {
        static sqlite3_vfs* vfs = nullptr;
        return vfs;
    }
    static sqlite3_io_methods& methods() {
        static sqlite3_io_methods changed;
        return changed;
    }
    static sqlite3_io_methods const*& methods_below() {
        static sqlite3_io_methods const* below = nullptr;
        return below;
    }

    static int open(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags, int* out) {
        int const opened = real()->xOpen(real(), path, file, flags, out);
        if (opened != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return opened;
        methods_below() = file->pMethods;
        methods() = *file->pMethods;
        methods().xWrite = [](sqlite3_file* f, void const* bytes, int size, sqlite3_int64 at) {
            auto const text = std::string_view(static_cast<char const*>(bytes), size);
            bool const is_growth = text.find_first_not_of('\0') == text.npos;
            calls().push_back({is_growth ? 'g' : 'w', size, at});
            auto& plan = is_growth ? next_growth() : next_write();
            int const planned = std::exchange(plan, SQLITE_OK);
            return planned == SQLITE_OK ? methods_below()->xWrite(f, bytes, size, at) : planned;
        };
        methods().xSync = [](sqlite3_file* f, int sync_flags) {
            calls().push_back({'s'});
            return methods_below()->xSync(f, sync_flags);
        };
        file->pMethods = &methods();
        return SQLITE_OK;
    }

    sqlite3_vfs vfs_;
};

class GatheringVfs : public ::testing::Test {
protected:
    GatheringVfs() {
        auto const layer = gathering_vfs(Recorder::name());
        db_ = Database::open({.path = "file:" + folder_.file() + "?vfs=" + layer}).value();
        db_->exec("CREATE TABLE t (bytes BLOB)");
        Recorder::calls().clear();
    }
    bool insert(int bytes) {
        return db_->exec(
            ("INSERT INTO t VALUES (zeroblob(" + std::to_string(bytes) + "))").c_str());
    }
    std::int64_t rows_of_another() {
        auto const reader =
            Database::open({.path = folder_.file(), .access = Access::kRead}).value();
        return reader->pragma("SELECT count(*) FROM t");
    }

    TemporaryFolder const folder_;
    std::unique_ptr<Database> db_;
};

TEST_F(GatheringVfs, a_commit_of_many_pages_is_one_write_and_one_sync) {
    ASSERT_TRUE(insert(40'000));
    ASSERT_EQ(Recorder::calls().size(), 2u);
    EXPECT_EQ(Recorder::calls()[0].kind, 'w');
    EXPECT_GT(Recorder::calls()[0].size, 40'000);
    EXPECT_EQ(Recorder::calls()[1].kind, 's');
    EXPECT_EQ(rows_of_another(), 1);
}

TEST_F(GatheringVfs, a_log_that_grows_does_so_in_steps_of_zeros_ahead_of_its_commits) {
    int steps = 0;
    for (int i = 0; i < 100; ++i) {
        Recorder::calls().clear();
        ASSERT_TRUE(insert(20'000));
        auto const& calls = Recorder::calls();
        ASSERT_LE(calls.size(), 3u);
        if (calls.size() == 2) continue;
        ++steps;
        EXPECT_EQ(calls[1].kind, 'g');
        EXPECT_EQ(calls[1].at, calls[0].at + calls[0].size);
        EXPECT_GE(calls[1].size, 64 << 10);
        EXPECT_LE(calls[1].size, 512 << 10);
    }
    EXPECT_GE(steps, 3);
    EXPECT_LE(steps, 12);
    EXPECT_EQ(rows_of_another(), 100);
}

TEST_F(GatheringVfs, zeros_that_find_no_room_refuse_nothing) {
    Recorder::next_growth() = SQLITE_FULL;
    ASSERT_TRUE(insert(200'000));
    EXPECT_EQ(Recorder::next_growth(), SQLITE_OK);
    EXPECT_EQ(rows_of_another(), 1);
}

TEST_F(GatheringVfs, what_does_not_fit_is_written_in_order_and_without_gaps) {
    ASSERT_TRUE(insert(1'000'000));
    auto& calls = Recorder::calls();
    std::erase_if(calls, [](Call const& call) { return call.kind == 'g'; });
    ASSERT_GT(calls.size(), 10u);
    EXPECT_EQ(calls.back().kind, 's');
    for (std::size_t i = 1; i + 1 < calls.size(); ++i) {
        EXPECT_EQ(calls[i].at, calls[i - 1].at + calls[i - 1].size);
        EXPECT_LE(calls[i].size, 96 << 10);
    }
    EXPECT_EQ(rows_of_another(), 1);
}

TEST_F(GatheringVfs, a_write_that_fails_at_the_sync_refuses_the_commit) {
    Recorder::next_write() = SQLITE_FULL;
    EXPECT_FALSE(insert(10'000));
    EXPECT_EQ(db_->failure(), Failure::kDisk);
    db_->recover();
    EXPECT_EQ(rows_of_another(), 0);
    ASSERT_TRUE(insert(20'000));
    EXPECT_EQ(rows_of_another(), 1);
    EXPECT_EQ(
        db_->pragma("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
}

TEST_F(GatheringVfs, a_write_that_fails_in_the_middle_of_a_commit_refuses_it) {
    Recorder::next_write() = SQLITE_FULL;
    EXPECT_FALSE(insert(1'000'000));
    EXPECT_EQ(db_->failure(), Failure::kDisk);
    db_->recover();
    ASSERT_TRUE(insert(20'000));
    EXPECT_EQ(rows_of_another(), 1);
}

TEST_F(GatheringVfs, there_is_none_over_a_layer_that_is_not_there) {
    EXPECT_EQ(gathering_vfs("absent"), nullptr);
}

TEST_F(GatheringVfs, a_transaction_that_outgrows_the_cache_reads_back_what_waits) {
    db_->exec("PRAGMA cache_size = 5");
    db_->exec("BEGIN");
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(insert(9'000 + i));
    EXPECT_EQ(db_->pragma("SELECT sum(length(bytes)) FROM t"), 40 * 9'000 + 780);
    ASSERT_TRUE(db_->exec("COMMIT"));
    EXPECT_EQ(rows_of_another(), 40);
}

}  // namespace
}  // namespace sewa::store::sqlite
