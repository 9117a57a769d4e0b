#include "chat/typing.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

constexpr ConversationId kOne{1}, kTwo{2};
constexpr UserId kAsha{42}, kBina{7};

class TypingTest : public testing::Test {
protected:
    TypingTable::Started start(std::int64_t at_ms, ConversationId where = kOne,
                               UserId who = kAsha) {
        return table_.start(where, who, "Asha", MonoMs{at_ms});
    }
    TypingTable::Expired expire(std::int64_t at_ms) {
        return table_.expire(kOne, kAsha, MonoMs{at_ms});
    }

    TypingTable table_{{.ttl_ms = 6000, .throttle_ms = 3000, .entries_max = 3}};
};

TEST_F(TypingTest, P_6_one_true_in_three_seconds_is_relayed) {
    EXPECT_TRUE(start(1000).relay);
    EXPECT_FALSE(start(1500).relay);
    EXPECT_FALSE(start(3999).relay);
    EXPECT_TRUE(start(4000).relay);
    EXPECT_TRUE(start(4001, kTwo).relay);
    EXPECT_TRUE(start(4001, kOne, kBina).relay);
}

TEST_F(TypingTest, P_6_stop_and_start_in_quick_succession_stay_throttled) {
    EXPECT_TRUE(start(1000).relay);
    EXPECT_TRUE(table_.stop(kOne, kAsha));
    EXPECT_FALSE(start(2000).relay);
    EXPECT_TRUE(start(4000).relay);
}

TEST_F(TypingTest, P_6_a_message_ends_the_throttle) {
    EXPECT_TRUE(start(1000).relay);
    EXPECT_EQ(table_.end(kOne, kAsha), "Asha");
    EXPECT_EQ(table_.end(kOne, kAsha), std::nullopt) << "told once";
    EXPECT_TRUE(start(1100).relay);
    EXPECT_FALSE(start(1200).relay);
}

TEST_F(TypingTest, P_6_the_throttle_outlives_the_entry_that_it_was_counted_in) {
    start(0);
    EXPECT_TRUE(start(5000).relay);
    table_.stop(kOne, kAsha);
    auto const expired = expire(6000);
    ASSERT_TRUE(expired.again_at);
    EXPECT_EQ(*expired.again_at, MonoMs{8000});
    EXPECT_FALSE(start(6500).relay);
}

TEST_F(TypingTest, P_5_an_entry_ends_six_seconds_after_its_last_sign) {
    EXPECT_TRUE(start(1000).watch);
    EXPECT_FALSE(start(4000).watch);  // Watched already.
    auto const early = expire(7000);
    EXPECT_FALSE(early.stopped);
    ASSERT_TRUE(early.again_at);
    EXPECT_EQ(*early.again_at, MonoMs{10'000});
    auto const late = expire(10'000);
    EXPECT_EQ(late.stopped, "Asha");
    EXPECT_FALSE(late.again_at);
    EXPECT_EQ(table_.size(), 0u);
}

TEST_F(TypingTest, P_5_a_stop_is_told_once) {
    start(1000);
    EXPECT_EQ(table_.stop(kOne, kAsha), "Asha");
    EXPECT_FALSE(table_.stop(kOne, kAsha));
    EXPECT_FALSE(expire(7000).stopped);
    EXPECT_EQ(table_.size(), 0u);
    EXPECT_FALSE(table_.stop(kTwo, kAsha));
}

TEST_F(TypingTest, the_message_path_sees_typists_only) {
    EXPECT_FALSE(table_.may_be_typing(kOne, kAsha));
    start(1000);
    start(4500);
    EXPECT_TRUE(table_.may_be_typing(kOne, kAsha));
    table_.stop(kOne, kAsha);
    EXPECT_FALSE(table_.may_be_typing(kOne, kAsha));
    start(8000);
    expire(20'000);
    EXPECT_FALSE(table_.may_be_typing(kOne, kAsha));
}

TEST_F(TypingTest, a_full_table_shows_no_further_typist_and_recovers) {
    for (std::int64_t i = 1; i <= 3; ++i) EXPECT_TRUE(start(0, kOne, UserId{100 + i}).relay);
    auto const refused = start(0);
    EXPECT_FALSE(refused.relay);
    EXPECT_FALSE(refused.watch);
    EXPECT_EQ(table_.size(), 3u);
    EXPECT_EQ(table_.refused(), 1u);
    EXPECT_TRUE(start(3000, kOne, UserId{101}).relay);  // Those inside go on.
    table_.expire(kOne, UserId{102}, MonoMs{6000});
    EXPECT_TRUE(start(6000).relay);
}

}  // namespace
}  // namespace sewa::chat
