// The index lags behind the log, or has what the log has not: the log decides.
#include "store/sqlite/eventually_for_test.h"

#include <gtest/gtest.h>

#include <thread>

#include "store/sqlite/reader.h"
#include "store/sqlite/search_indexer.h"
#include "store/sqlite/small_log_for_test.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
constexpr UserId kAsha{1};
constexpr UserId kBina{2};
constexpr ConversationId kBoth{1};

class SearchBehind : public testing::Test {
protected:
    void SetUp() override {
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
        apply_for_test(*engine_, {CreateGroup{"", {kAsha, kBina}, {}}});
    }
    void post(std::string text) { apply_for_test(*engine_, {post_for_test(kBoth, kAsha, text)}); }
    // The index has all that is there, and nothing of what comes.
    void take_in() {
        StoreCounters counters;
        auto const indexer =
            SearchIndexer::open(folder_.file(), index_, {.settle_ms = 0}, counters).value();
        auto const head = static_cast<std::uint64_t>(engine_->log_state().head.value);
        eventually([&] { return counters.indexed_to.load() >= head; });
    }
    SearchPage search(SearchQuery const& query) const {
        auto const reader =
            open_reader(folder_.file(), {.search_index = index_, .search_budget_us = 600'000'000})
                .value();
        return reader->search(kBina, query).value();
    }
    std::size_t hits(std::string text) const {
        return search({.text = std::move(text)}).hits.size();
    }
    void change_file(std::string const& sql) {
        auto const db = Database::open({.path = folder_.file()}).value();
        ASSERT_TRUE(db->exec(sql.c_str())) << db->failure_text();
    }

    TemporaryFolder const folder_;
    std::string const index_ = folder_.path() + "/search.db";
    ManualClock clock_;
    SeededRandom random_{1};
    std::unique_ptr<Engine> engine_;
};

TEST_F(SearchBehind, what_was_deleted_or_changed_since_is_not_found_by_its_old_words) {
    for (auto const* const text : {"stays here", "goes away", "changes soon", "vanishes"})
        post(text);
    take_in();
    apply_for_test(*engine_, {DeleteMessage{{3}, kAsha, DeleteScope::kAll},
                              EditMessage{{4}, kAsha, "is another soon"}});
    change_file("DELETE FROM events WHERE pos = 5");
    EXPECT_EQ(hits("stays "), 1u);
    EXPECT_EQ(hits("goes "), 0u);
    EXPECT_EQ(hits("changes "), 0u);
    EXPECT_EQ(hits("changes soon "), 0u) << "one word of two is not enough";
    EXPECT_EQ(hits("vanishes "), 0u);
    EXPECT_EQ(hits("another "), 0u) << "not yet";
    take_in();
    EXPECT_EQ(hits("another "), 1u);
}

TEST_F(SearchBehind, a_damaged_row_hides_no_other) {
    for (auto const* const text : {"first word", "second word", "third word"}) post(text);
    change_file("UPDATE events SET frame = 'damaged' WHERE pos = 3");
    take_in();
    EXPECT_EQ(hits("word "), 2u);
}

TEST_F(SearchBehind, a_clock_that_was_set_back_lets_nothing_of_another_time_through) {
    auto const start = clock_.wall();
    for (int const at : {500, 600, 2000, 700, 800}) {
        clock_.set_wall(start + at);
        post("word " + std::to_string(at));
    }
    take_in();
    EXPECT_EQ(search({.text = "word", .before = start + 1000}).hits.size(), 4u);
    for (auto const& hit : search({.text = "word", .before = start + 1000}).hits) {
        EXPECT_LT(hit.message.created_at, start + 1000);
    }
}

TEST_F(SearchBehind, a_clock_that_was_set_back_later_lets_nothing_earlier_through) {
    auto const start = clock_.wall();
    for (int const at : {500, 1500, 600, 1600, 1700}) {
        clock_.set_wall(start + at);
        post("word " + std::to_string(at));
    }
    take_in();
    EXPECT_EQ(search({.text = "word", .after = start + 1000}).hits.size(), 3u);
}

// Positions go on where retention has removed everything.
TEST_F(SearchBehind, a_word_far_back_is_found_over_a_gap_in_the_log) {
    post("treasure");
    change_file("UPDATE meta SET value = 3000000 WHERE key = 'head'");
    engine_.reset();
    engine_ = Engine::open(folder_.file(), clock_, random_).value();
    post("nothing");
    ASSERT_GT(engine_->log_state().head.value, 3'000'000);
    take_in();
    EXPECT_EQ(hits("treasure "), 1u);
}

TEST_F(SearchBehind, one_who_wrote_much_and_sees_a_small_part_of_the_log_finds_their_own) {
    std::vector<Command> commands{CreateGroup{"", {{3}, {4}}, {}}};
    for (int i = 0; i < 1100; ++i) commands.push_back(post_for_test(kBoth, kAsha, "noise"));
    commands.push_back(post_for_test(kBoth, kAsha, "treasure of ours"));
    apply_for_test(*engine_, std::move(commands));
    change_file("UPDATE meta SET value = 100000 WHERE key = 'head'");
    engine_.reset();
    engine_ = Engine::open(folder_.file(), clock_, random_).value();
    apply_for_test(*engine_, {post_for_test({2}, {3}, "treasure of others")});
    take_in();
    EXPECT_EQ(hits("treasure "), 1u);
}

TEST_F(SearchBehind, a_look_up_that_meets_too_many_strangers_goes_on_by_its_cursor) {
    post("treasure");
    std::vector<Command> commands;
    for (int i = 0; i < 1100; ++i) commands.push_back(post_for_test(kBoth, kAsha, "noise"));
    commands.emplace_back(CreateGroup{"", {{3}, {4}}, {}});
    for (int i = 0; i < 2500; ++i) commands.push_back(post_for_test({2}, {3}, "treasure"));
    apply_for_test(*engine_, std::move(commands));
    take_in();
    auto const first = search({.text = "treasure"});
    EXPECT_TRUE(first.hits.empty());
    ASSERT_TRUE(first.next_cursor);
    auto const second = search({.text = "treasure", .cursor = first.next_cursor});
    EXPECT_EQ(second.hits.size(), 1u);
    EXPECT_FALSE(second.next_cursor);
}

TEST_F(SearchBehind, a_log_of_which_nothing_is_left_is_taken_in_at_once) {
    clock_.advance(31 * kDayMs);
    while (engine_->prune(30 * kDayMs)->has_more) {
    }
    ASSERT_EQ(engine_->log_state().floor, engine_->log_state().head);
    take_in();
    post("word");
    take_in();
    EXPECT_EQ(hits("word"), 1u);
    EXPECT_EQ(search({.text = "word", .after = clock_.wall()}).hits.size(), 1u);
}

}  // namespace
}  // namespace sewa::store::sqlite
