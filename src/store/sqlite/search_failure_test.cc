// The search index on a disk that fails, or held by somebody else: search lags, and the rest goes
// on.

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "store/sqlite/checkpointer.h"
#include "store/sqlite/eventually_for_test.h"
#include "store/sqlite/failing_disk.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/search_indexer.h"
#include "store/sqlite/small_log_for_test.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

class SearchFailure : public testing::Test {
protected:
    void SetUp() override {
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
        apply_for_test(*engine_, small_log_for_test());
    }
    void TearDown() override { disk_.plan({}); }

    std::unique_ptr<SearchIndexer> indexer(int retry_ms) {
        return SearchIndexer::open(folder_.file(), index_, {.settle_ms = 0, .retry_ms = retry_ms},
                                   counters_)
            .value();
    }
    void wait_for_failures(std::uint64_t count) {
        eventually([&] { return counters_.index_failures.load() >= count; });
    }
    void wait_for_all() {
        auto const head = static_cast<std::uint64_t>(engine_->log_state().head.value);
        eventually([&] { return counters_.indexed_to.load() >= head; });
    }
    void take_in() {
        auto const running = indexer(0);
        wait_for_all();
    }
    std::unique_ptr<Database> database(std::string const& path) {
        return Database::open({.path = path}).value();
    }
    std::size_t hits(std::string text) {
        auto const reader = open_reader(folder_.file(), {.search_index = index_}).value();
        return reader->search({7}, {.text = std::move(text)})->hits.size();
    }
    // An index with one word, of this log, that has everything.
    Result<std::unique_ptr<SearchIndex>> open_failing() const {
        return SearchIndex::open("file:" + index_ + "?vfs=failing", {"e1", {1000}, {}});
    }
    static Status add_word(SearchIndex& index, std::int64_t id) {
        index.begin();
        index.put({.id = {id}, .conversation = {1}, .content = "word" + std::to_string(id)});
        index.remove({id - 1});
        return index.commit({id}, {id});
    }

    FailingDisk& disk_ = FailingDisk::instance();
    TemporaryFolder const folder_;
    std::string const index_ = folder_.path() + "/search.db";
    ManualClock clock_;
    SeededRandom random_{1};
    StoreCounters counters_;
    std::unique_ptr<Engine> engine_;
};

TEST_F(SearchFailure, an_index_is_made_as_a_whole_or_refused) {
    bool is_past_all = false;
    int refused = 0;
    for (std::int64_t call = 0; !is_past_all; ++call) {
        TemporaryFolder const folder;
        auto const path = "file:" + folder.path() + "/search.db?vfs=failing";
        disk_.plan({.fail_at = call, .error = SQLITE_FULL, .is_any_call = true});
        auto const made = SearchIndex::open(path, {"e1", {1000}, {}});
        is_past_all = disk_.failures() == 0;
        disk_.plan({});
        refused += made ? 0 : 1;
        if (made) {
            EXPECT_TRUE(add_word(**made, 5));
        } else {
            EXPECT_EQ(made.error().code, Errc::kUnavailable);
        }
    }
    EXPECT_GT(refused, 10);
}

TEST_F(SearchFailure, what_the_index_could_not_take_in_comes_again) {
    auto const index = open_failing().value();
    bool is_past_all = false;
    std::int64_t id = 10;
    for (std::int64_t call = 0; !is_past_all; ++call) {
        auto const before = index->indexed_to();
        disk_.plan({.fail_at = call, .error = SQLITE_FULL, .is_any_call = true});
        bool const is_taken = add_word(*index, ++id).has_value();
        is_past_all = disk_.failures() == 0;
        disk_.plan({});
        EXPECT_EQ(index->indexed_to(), is_taken ? Pos{id} : before);
    }
    EXPECT_EQ(index->indexed_to().value, id);
}

TEST_F(SearchFailure, a_log_that_is_not_there_or_has_nothing_of_a_log_has_no_index) {
    auto const other = folder_.path() + "/other.db";
    EXPECT_FALSE(SearchIndexer::open(other, index_, {}, counters_));
    database(other)->exec("CREATE TABLE t (id INTEGER)");
    EXPECT_EQ(SearchIndexer::open(other, index_, {}, counters_).error().code, Errc::kUnavailable);
    EXPECT_FALSE(Checkpointer::open(folder_.path() + "/absent/log.db", {}));
}

TEST_F(SearchFailure, a_damaged_page_begins_the_index_anew) {
    {
        auto const index = SearchIndex::open(index_, {"e1", {1000}, {}}).value();
        ASSERT_TRUE(add_word(*index, 5));
    }
    auto const root =
        database(index_)->pragma("SELECT rootpage FROM sqlite_schema WHERE name = 'meta'");
    {
        std::fstream file(index_, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp((root - 1) * 4096);
        file << std::string(4096, '\xFF');
    }
    auto const index = SearchIndex::open(index_, {"e1", {1000}, {}}).value();
    EXPECT_EQ(index->indexed_to(), Pos{});
    EXPECT_TRUE(add_word(*index, 5));
}

TEST_F(SearchFailure, who_holds_the_index_only_delays_it) {
    take_in();
    auto const holder = database(index_);
    ASSERT_TRUE(holder->exec("BEGIN IMMEDIATE; UPDATE meta SET indexed_to = 0, seen_to = 0"));
    apply_for_test(*engine_, {post_for_test({1}, {7}, "another treasure")});
    auto const running = indexer(0);
    wait_for_failures(1);
    EXPECT_EQ(hits("treasure"), 0u);
    ASSERT_TRUE(holder->exec("COMMIT"));
    wait_for_all();
    EXPECT_EQ(hits("treasure"), 1u);
}

TEST_F(SearchFailure, it_ends_while_it_waits_for_another_try) {
    take_in();
    auto const holder = database(index_);
    ASSERT_TRUE(holder->exec("BEGIN IMMEDIATE"));
    apply_for_test(*engine_, {post_for_test({1}, {7}, "another treasure")});
    auto running = indexer(3'600'000);
    wait_for_failures(1);
    running.reset();
}

TEST_F(SearchFailure, a_damaged_page_of_the_log_stops_the_index_and_nothing_else) {
    std::vector<Command> many;
    for (int i = 0; i < 500; ++i) many.push_back(post_for_test({1}, {7}, "word"));
    apply_for_test(*engine_, std::move(many));
    ASSERT_TRUE(engine_->checkpoint(Database::Checkpoint::kTruncate));
    auto const page = database(folder_.file())
                          ->pragma(
                              "SELECT pageno FROM dbstat WHERE name = 'events' AND "
                              "pagetype = 'leaf' ORDER BY path LIMIT 1");
    ASSERT_GT(page, 1);
    {
        std::fstream file(folder_.file(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp((page - 1) * 4096);
        file << std::string(4096, '\xFF');
    }
    auto running = indexer(0);
    wait_for_failures(2);
    apply_for_test(*engine_, {post_for_test({1}, {7}, "the log goes on")});
    running.reset();
}

}  // namespace
}  // namespace sewa::store::sqlite
