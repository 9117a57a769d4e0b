#include "store/sqlite/paced_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "store/sqlite/database.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr std::int64_t kRows = 3000;

TEST(PacedVfs, a_checkpoint_of_many_MiB_through_it_is_whole) {
    TemporaryFolder const folder;
    {
        auto const writer = Database::open({.path = folder.file()}).value();
        writer->exec("CREATE TABLE t (bytes BLOB)");
        Statement insert(*writer, "INSERT INTO t VALUES (zeroblob(3000 + ?))");
        writer->exec("BEGIN");
        for (std::int64_t row = 0; row < kRows; ++row) insert.run(row % 7);
        ASSERT_TRUE(writer->exec("COMMIT"));

        auto const copier =
            Database::open({.path = folder.file(), .access = Access::kCheckpoint}).value();
        auto const state = copier->checkpoint(Database::Checkpoint::kTruncate);
        EXPECT_TRUE(state.is_ok);
        sqlite3_vfs* layer = nullptr;
        sqlite3_file_control(copier->raw(), "main", SQLITE_FCNTL_VFS_POINTER, &layer);
        ASSERT_NE(layer, nullptr);
        EXPECT_STREQ(layer->zName, paced_vfs());
    }
    EXPECT_GT(std::filesystem::file_size(folder.file()), kRows * 3000);
    auto const reader = Database::open({.path = folder.file(), .access = Access::kRead}).value();
    EXPECT_EQ(reader->pragma("SELECT count(*) FROM t"), kRows);
    EXPECT_EQ(
        reader->pragma("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
        1);
}

}  // namespace
}  // namespace sewa::store::sqlite
