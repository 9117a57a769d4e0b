#include "bench/ledger.h"

#include <gtest/gtest.h>

namespace sewa::bench {
namespace {

constexpr Ledger::Message kFirst{0, 1};
constexpr Ledger::Message kSecond{0, 2};
constexpr Ledger::Message kOther{1, 1};

TEST(Ledger, completes_a_message_when_the_last_member_has_seen_it) {
    Ledger ledger(3);
    EXPECT_FALSE(ledger.saw(0, 8, kFirst).completed);
    EXPECT_FALSE(ledger.saw(2, 8, kFirst).completed);
    EXPECT_EQ(ledger.open(), 1U);
    auto const last = ledger.saw(1, 8, kFirst);
    ASSERT_TRUE(last.completed);
    EXPECT_EQ(last.completed->number, 1U);
    EXPECT_EQ(last.wrong, "");
    EXPECT_EQ(ledger.open(), 0U);
    EXPECT_EQ(ledger.taken(0), 1U);
}

TEST(Ledger, members_may_be_at_different_places) {
    Ledger ledger(2);
    EXPECT_EQ(ledger.saw(0, 1, kFirst).wrong, "");
    EXPECT_EQ(ledger.saw(0, 2, kOther).wrong, "");
    EXPECT_EQ(ledger.saw(0, 3, kSecond).wrong, "");
    EXPECT_TRUE(ledger.saw(1, 1, kFirst).completed);
    EXPECT_EQ(ledger.saw(1, 2, kOther).completed->member, 1U);
    EXPECT_TRUE(ledger.has_seen(1, 2));
    EXPECT_FALSE(ledger.has_seen(1, 3));
    EXPECT_EQ(ledger.open(), 1U);
}

TEST(Ledger, R_1_sees_a_loss) {
    Ledger ledger(2);
    ledger.saw(0, 1, kFirst);
    ledger.saw(0, 2, kSecond);
    EXPECT_NE(ledger.saw(1, 2, kSecond).wrong.find("lost"), std::string::npos);
    EXPECT_EQ(ledger.open(), 2U);
}

TEST(Ledger, R_1_sees_a_frame_that_comes_twice) {
    Ledger ledger(2);
    ledger.saw(0, 1, kFirst);
    EXPECT_NE(ledger.saw(0, 1, kFirst).wrong.find("doubled"), std::string::npos);
}

TEST(Ledger, M_2_sees_a_message_that_is_stored_twice) {
    Ledger ledger(2);
    ledger.saw(0, 1, kFirst);
    EXPECT_NE(ledger.saw(0, 2, kFirst).wrong, "");
}

TEST(Ledger, sees_a_senders_messages_out_of_order) {
    Ledger ledger(2);
    EXPECT_NE(ledger.saw(0, 1, kSecond).wrong, "");
}

TEST(Ledger, sees_different_messages_under_one_number) {
    Ledger ledger(2);
    ledger.saw(0, 1, kFirst);
    EXPECT_NE(ledger.saw(1, 1, kOther).wrong, "");
}

TEST(Ledger, refuses_a_sender_who_is_not_here) {
    Ledger ledger(2);
    EXPECT_NE(ledger.saw(0, 1, {2, 1}).wrong, "");
}

}  // namespace
}  // namespace sewa::bench
