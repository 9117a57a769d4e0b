// What `sewa check` and `sewa backup` do to a database.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/backup.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/integrity.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

class CareTest : public testing::Test {
protected:
    void SetUp() override {
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
        std::vector<Write> writes{{CreateGroup{"", {{1}, {2}}, {}}, {}}};
        for (int i = 0; i < 100; ++i) writes.push_back({MarkRead{{1}, {1 + i % 2}, {i}}, {}});
        engine_->apply(writes);
    }
    void change(std::string const& sql) {
        auto const db = Database::open({.path = folder_.file()}).value();
        ASSERT_TRUE(db->exec(sql.c_str())) << db->failure_text();
    }
    Integrity found() const { return check_integrity(folder_.file()).value(); }

    TemporaryFolder const folder_;
    std::string const copy_ = folder_.path() + "/copy.db";
    ManualClock clock_;
    SeededRandom random_{1};
    std::unique_ptr<Engine> engine_;
};

TEST_F(CareTest, a_sound_database_has_no_findings) {
    EXPECT_EQ(found().damages, 0);
    EXPECT_EQ(found().events, engine_->log_state().head.value);
}

TEST_F(CareTest, a_changed_frame_number_or_conversation_is_found_by_its_checksum) {
    for (auto const* const damage : {"frame = frame || ' '", "conv_seq = conv_seq + 1000",
                                     "conversation_id = 2", "checksum = checksum + 1"}) {
        TemporaryFolder const folder;
        auto const path = folder.file();
        ASSERT_TRUE(back_up(folder_.file(), path, random_));
        {
            auto const db = Database::open({.path = path}).value();
            db->exec(("UPDATE events SET " + std::string(damage) + " WHERE pos = 7").c_str());
        }
        auto const integrity = check_integrity(path).value();
        ASSERT_GE(integrity.damages, 1) << damage;
        EXPECT_EQ(integrity.findings.at(0).substr(0, 7), "event 7") << integrity.findings.at(0);
    }
}

TEST_F(CareTest, missing_events_are_counted) {
    change("DELETE FROM events WHERE pos IN (5, 6)");
    EXPECT_EQ(found().findings, std::vector<std::string>{"conversation 1 has 98 of 100 events"});
    change("DELETE FROM events WHERE conv_seq = (SELECT max(conv_seq) FROM events)");
    EXPECT_EQ(found().damages, 1);
}

TEST_F(CareTest, many_damages_are_counted_and_the_first_described) {
    change("UPDATE events SET frame = ''");
    EXPECT_EQ(found().damages, engine_->log_state().head.value);
    EXPECT_EQ(found().findings.size(), Integrity::kFindingsMax);
}

TEST_F(CareTest, a_damaged_page_is_a_finding_of_sqlite) {
    engine_->checkpoint(Database::Checkpoint::kTruncate);
    engine_.reset();
    {
        std::fstream file(folder_.file(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(std::filesystem::file_size(folder_.file())) - 4096);
        file << std::string(4096, '\xFF');
    }
    auto const result = check_integrity(folder_.file());
    if (result) {
        EXPECT_EQ(result->findings.at(0).substr(0, 6), "SQLite");
    }
    EXPECT_TRUE(!result || result->damages > 0);
}

TEST_F(CareTest, what_is_no_database_is_refused) {
    EXPECT_FALSE(check_integrity(folder_.path() + "/absent.db"));
    std::ofstream(copy_) << std::string(20'000, 'x');
    EXPECT_EQ(check_integrity(copy_).error().code, Errc::kUnavailable);
    EXPECT_FALSE(back_up(folder_.path() + "/absent.db", folder_.path() + "/new.db", random_));
    EXPECT_FALSE(back_up(folder_.file(), folder_.path() + "/absent/copy.db", random_));
    EXPECT_FALSE(back_up(copy_, folder_.path() + "/new.db", random_));
}

TEST_F(CareTest, a_copy_has_everything_and_an_epoch_of_its_own) {
    auto const epoch = back_up(folder_.file(), copy_, random_).value();
    auto const state = open_reader(copy_).value()->log_state().value();
    EXPECT_EQ(state.epoch, epoch);
    EXPECT_NE(state.epoch, engine_->log_state().epoch);
    EXPECT_EQ(state.head, engine_->log_state().head);
    EXPECT_EQ(check_integrity(copy_)->events, state.head.value);
}

TEST_F(CareTest, what_has_no_epoch_is_no_backup) {
    change("DELETE FROM meta WHERE key = 'epoch'");
    EXPECT_NE(back_up(folder_.file(), copy_, random_).error().message.find("epoch"),
              std::string::npos);
}

}  // namespace
}  // namespace sewa::store::sqlite
