#include "load/talk.h"

#include <gtest/gtest.h>

namespace sewa::peer_load {
namespace {

using Sight = Talk::Sight;

TEST(Talk, a_message_is_complete_when_all_others_have_it) {
    Talk talk(3, 1);
    EXPECT_EQ(talk.send(0, 10), 1U);
    EXPECT_EQ(talk.saw(1, 0, 1), Sight::kNew);
    EXPECT_EQ(talk.missing(), 1U);
    EXPECT_EQ(talk.saw(2, 0, 1), Sight::kCompleted);
    EXPECT_EQ(talk.missing(), 0U);
    EXPECT_EQ(talk.heard(), 2U);
}

TEST(Talk, a_later_message_may_be_complete_first) {
    Talk talk(2, 2);
    talk.send(1, 10);
    talk.send(1, 11);
    EXPECT_EQ(talk.saw(0, 1, 2), Sight::kCompleted);
    EXPECT_EQ(talk.reordered(), 0U);
    EXPECT_EQ(talk.saw(0, 1, 1), Sight::kCompleted);
    EXPECT_EQ(talk.reordered(), 1U);
    EXPECT_EQ(talk.missing(), 0U);
}

TEST(Talk, what_comes_twice_is_doubled_and_no_delivery) {
    Talk talk(2, 1);
    talk.send(0, 10);
    talk.saw(1, 0, 1);
    EXPECT_EQ(talk.saw(1, 0, 1), Sight::kDoubled);
    EXPECT_EQ(talk.doubled(), 1U);
    EXPECT_EQ(talk.heard(), 1U);
}

TEST(Talk, what_was_not_sent_is_unknown) {
    Talk talk(2, 1);
    EXPECT_EQ(talk.saw(1, 0, 1), Sight::kUnknown);
    EXPECT_EQ(talk.saw(0, 1, 1), Sight::kUnknown);
    talk.send(0, 10);
    EXPECT_EQ(talk.saw(1, 0, 2), Sight::kUnknown);
    EXPECT_EQ(talk.saw(1, 0, 0), Sight::kUnknown);
    EXPECT_EQ(talk.saw(0, 0, 1), Sight::kUnknown);
}

TEST(Talk, gives_up_what_is_too_old_and_counts_it_as_missing) {
    Talk talk(3, 1);
    talk.send(0, 10);
    talk.send(0, 20);
    talk.send(0, 30);
    talk.saw(1, 0, 1);
    talk.saw(1, 0, 2);
    talk.saw(2, 0, 2);
    EXPECT_EQ(talk.give_up(0, 25), 1U);
    EXPECT_EQ(talk.give_up(0, 25), 0U);
    EXPECT_EQ(talk.missing(), 3U);
    EXPECT_EQ(talk.saw(1, 0, 3), Sight::kNew);
    EXPECT_EQ(talk.saw(2, 0, 3), Sight::kCompleted);
    EXPECT_EQ(talk.missing(), 1U);
    // Late after all.
    EXPECT_EQ(talk.saw(2, 0, 1), Sight::kNew);
    EXPECT_EQ(talk.missing(), 0U);
    EXPECT_EQ(talk.reordered(), 1U);
}

}  // namespace
}  // namespace sewa::peer_load
