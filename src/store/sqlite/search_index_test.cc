#include "store/sqlite/search_index.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "store/sqlite/engine.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/search_indexer.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

class SearchIndexTest : public testing::Test {
protected:
    std::unique_ptr<SearchIndex> open(std::string epoch = "e1", std::int64_t head = 1000,
                                      std::int64_t floor = 0) {
        return SearchIndex::open(path_, {std::move(epoch), {head}, {floor}}).value();
    }
    static SearchEntry entry(std::int64_t id, std::string content) {
        return {.id = {id},
                .conversation = {1},
                .provider = {},
                .customer = {},
                .sender = {7},
                .content = std::move(content)};
    }
    void take_in(SearchIndex& index, std::vector<SearchEntry> const& entries, std::int64_t to) {
        index.begin();
        for (auto const& one : entries) index.put(one);
        ASSERT_TRUE(index.commit({to}, {to}));
    }
    std::int64_t ask(char const* sql) {
        auto db = Database::open({.path = path_, .access = Access::kRead}).value();
        return db->pragma(sql);
    }
    std::int64_t uses(std::string const& term) {
        return ask(("SELECT ifnull(max(uses), 0) FROM terms WHERE term = '" + term + "'").c_str());
    }

    TemporaryFolder folder_;
    std::string const path_ = folder_.path() + "/search.db";
};

TEST_F(SearchIndexTest, it_goes_on_where_it_stood) {
    auto index = open();
    EXPECT_EQ(index->indexed_to(), Pos{});
    take_in(*index, {entry(5, "one two two"), entry(6, "two")}, 6);
    index = nullptr;
    index = open();
    EXPECT_EQ(index->indexed_to().value, 6);
    EXPECT_EQ(uses("two"), 2);
}

TEST_F(SearchIndexTest, another_log_an_older_one_and_one_with_a_gap_begin_anew) {
    auto const fill = [&] { take_in(*open(), {entry(5, "word")}, 500); };
    fill();
    EXPECT_EQ(open("e2")->indexed_to(), Pos{}) << "another epoch";
    fill();
    EXPECT_EQ(open("e1", 499)->indexed_to(), Pos{}) << "the log is behind the index";
    fill();
    EXPECT_EQ(open("e1", 1000, 501)->indexed_to(), Pos{}) << "events between were removed";
    fill();
    EXPECT_EQ(open("e1", 1000, 500)->indexed_to().value, 500);
}

TEST_F(SearchIndexTest, a_damaged_file_begins_anew) {
    take_in(*open(), {entry(5, "word")}, 500);
    std::ofstream(path_, std::ios::trunc) << std::string(20'000, 'x');
    EXPECT_EQ(open()->indexed_to(), Pos{});
    EXPECT_EQ(uses("word"), 0);
}

TEST_F(SearchIndexTest, what_was_removed_leaves_no_word) {
    auto index = open();
    take_in(*index, {entry(5, "password hunter2"), entry(6, "password")}, 6);
    index->begin();
    index->remove({5});
    index->remove({5});
    ASSERT_TRUE(index->commit({7}, {7}));
    EXPECT_EQ(uses("hunter2"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM terms WHERE term = 'hunter2'"), 0);
    EXPECT_EQ(uses("password"), 1);
    EXPECT_EQ(ask("SELECT count(*) FROM entries WHERE entries MATCH '\"hunter2\"'"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM entries WHERE entries MATCH '\"password\"'"), 1);
}

TEST_F(SearchIndexTest, a_message_put_again_is_replaced) {
    auto index = open();
    take_in(*index, {entry(5, "before")}, 6);
    take_in(*index, {entry(5, "after")}, 7);
    EXPECT_EQ(ask("SELECT count(*) FROM entries WHERE entries MATCH '\"before\"'"), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM entries WHERE entries MATCH '\"after\"'"), 1);
    EXPECT_EQ(uses("before"), 0);
}

// A log without an index, as an older version left it.
class SearchIndexerTest : public testing::Test {
protected:
    void SetUp() override {
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
        apply({CreateGroup{"", {{1}, {2}}, {}}});
    }
    void apply(std::vector<Command> commands) {
        std::vector<Write> writes;
        for (auto& command : commands) writes.push_back({std::move(command), {}});
        engine_->apply(writes);
    }
    void post(int count) {
        std::vector<Command> commands;
        for (int i = 0; i < count; ++i) {
            commands.push_back(PostMessage{.conversation = {1},
                                           .sender = {1},
                                           .content = "same word" + std::to_string(i),
                                           .client_msg_id = {},
                                           .reply_to = {},
                                           .attachments = {}});
        }
        apply(std::move(commands));
    }
    auto indexer(SearchOptions options) {
        return SearchIndexer::open(folder_.file(), index_, options, counters_).value();
    }
    void wait_for(std::int64_t pos) {
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::minutes(5);
        while (counters_.indexed_to.load() < static_cast<std::uint64_t>(pos)) {
            ASSERT_LT(std::chrono::steady_clock::now(), give_up);
            std::this_thread::yield();
        }
    }
    SearchPage search(std::string text, std::int64_t budget_us = 25'000, Pos cursor = {}) {
        auto reader =
            open_reader(folder_.file(), {.search_index = index_, .search_budget_us = budget_us})
                .value();
        return reader->search(UserId{2}, {.text = std::move(text), .cursor = cursor}).value();
    }

    TemporaryFolder folder_;
    std::string const index_ = folder_.path() + "/search.db";
    ManualClock clock_;
    SeededRandom random_{1};
    StoreCounters counters_;
    std::unique_ptr<Engine> engine_;
};

TEST_F(SearchIndexerTest, a_log_without_an_index_is_taken_in_by_steps) {
    post(1000);
    auto const running = indexer({.settle_ms = 0, .step_rows = 7});
    wait_for(engine_->log_state().head.value);
    EXPECT_EQ(search("word0 ").hits.size(), 1u);
    EXPECT_EQ(search("word999 ").hits.size(), 1u);
}

TEST_F(SearchIndexerTest, messages_that_were_changed_before_they_were_taken_in) {
    post(3);
    apply({EditMessage{{2}, {1}, "edited"}, EditMessage{{2}, {1}, "edited twice"},
           DeleteMessage{{3}, {1}, DeleteScope::kAll}});
    auto const running = indexer({.settle_ms = 0});
    wait_for(engine_->log_state().head.value);
    EXPECT_EQ(counters_.index_failures.load(), 0u);
    EXPECT_EQ(search("twice ").hits.size(), 1u);
    EXPECT_EQ(search("word0 ").hits.size(), 0u);
    EXPECT_EQ(search("word1 ").hits.size(), 0u);
    EXPECT_EQ(search("word2 ").hits.size(), 1u);
}

TEST_F(SearchIndexerTest, it_ends_in_the_middle_and_goes_on) {
    post(2000);
    for (int round = 0; counters_.indexed_to.load() < 2001; ++round) {
        ASSERT_LT(round, 3000);
        auto const before = counters_.indexed_to.load();
        auto const running = indexer({.settle_ms = 0, .step_rows = 50});
        wait_for(std::min<std::int64_t>(2001, static_cast<std::int64_t>(before) + 50));
    }
    for (int i = 0; i < 2000; i += 199) {
        EXPECT_EQ(search("word" + std::to_string(i) + " ").hits.size(), 1u) << i;
    }
}

TEST_F(SearchIndexerTest, a_search_without_time_goes_on_by_its_cursor) {
    post(100);
    auto const running = indexer({.settle_ms = 0});
    wait_for(engine_->log_state().head.value);
    std::size_t found = 0;
    int pages = 0;
    Pos cursor;
    do {
        auto const page = search("same", 0, cursor);
        found += page.hits.size();
        cursor = page.next_cursor;
        ASSERT_LE(++pages, 200);
    } while (cursor);
    EXPECT_EQ(found, 100u);
    EXPECT_GT(pages, 50);
}

TEST_F(SearchIndexerTest, a_reader_without_an_index_says_so) {
    auto const reader = open_reader(folder_.file()).value();
    EXPECT_EQ(reader->search(UserId{1}, {.text = "word"}).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace sewa::store::sqlite
