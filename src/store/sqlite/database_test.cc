#include "store/sqlite/database.h"

#include <gtest/gtest.h>

#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

class DatabaseTest : public testing::Test {
protected:
    DatabaseTest() { db_->exec("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"); }

    TemporaryFolder const folder_;
    std::unique_ptr<Database> const db_ = Database::open({.path = folder_.file()}).value();
};

TEST_F(DatabaseTest, what_the_schema_or_sqlite_refuses_is_our_bug_and_no_failing_disk) {
    for (auto const* const sql : {"INSERT INTO t VALUES (1, 'a'), (1, 'b')",    // A constraint.
                                  "INSERT INTO absent VALUES (1)",              // A plain error.
                                  "INSERT INTO t VALUES ('no number', '')",     // A mismatch.
                                  "INSERT INTO t VALUES (2, zeroblob(2e10))"})  // Too big.
    {
        EXPECT_FALSE(db_->exec(sql)) << sql;
        EXPECT_EQ(db_->failure(), Failure::kBroken) << db_->failure_text();
        db_->recover();
    }
    EXPECT_EQ(db_->pragma("SELECT count(*) FROM t"), 0);
}

TEST_F(DatabaseTest, a_value_too_many_or_bound_while_rows_are_read_is_our_bug) {
    Statement select(*db_, "SELECT id FROM t WHERE id > ?");
    db_->exec("INSERT INTO t VALUES (1, 'a')");
    EXPECT_EQ(select.number(0, 7, 8), 0);
    EXPECT_EQ(db_->failure(), Failure::kBroken);
    db_->recover();

    auto rows = select.query(0);
    EXPECT_TRUE(rows.next());
    select.query(0);
    EXPECT_EQ(db_->failure(), Failure::kBroken);
}

TEST_F(DatabaseTest, a_failure_stays_until_it_was_looked_at) {
    Statement insert(*db_, "INSERT INTO t VALUES (?, 'a')");
    EXPECT_EQ(insert.run(1), 1);
    db_->exec("BEGIN");
    EXPECT_EQ(insert.run(2), 1);
    EXPECT_EQ(insert.run(2), 0);
    auto const why = db_->failure_text();
    EXPECT_FALSE(db_->exec("COMMIT"));
    EXPECT_EQ(insert.run(3), 0);
    EXPECT_EQ(db_->pragma("SELECT 1"), 0);
    EXPECT_EQ(db_->failure_text(), why);
    db_->recover();
    EXPECT_EQ(db_->pragma("SELECT count(*) FROM t"), 1) << "nothing of the open transaction";
    EXPECT_EQ(insert.run(3), 1);
}

TEST_F(DatabaseTest, a_busy_file_is_a_failure_of_the_disk) {
    auto const other = Database::open({.path = folder_.file(), .busy_timeout_ms = 0}).value();
    db_->exec("BEGIN IMMEDIATE");
    EXPECT_FALSE(other->exec("BEGIN IMMEDIATE"));
    EXPECT_EQ(other->failure(), Failure::kDisk);
}

TEST_F(DatabaseTest, a_file_that_cannot_be_opened_is_named) {
    for (auto const access :
         {Access::kWrite, Access::kCommit, Access::kRead, Access::kCheckpoint}) {
        auto const path = folder_.path() + "/absent/sewa.db";
        auto const opened = Database::open({.path = path, .access = access});
        ASSERT_FALSE(opened);
        EXPECT_NE(opened.error().message.find(path), std::string::npos);
    }
}

}  // namespace
}  // namespace sewa::store::sqlite
