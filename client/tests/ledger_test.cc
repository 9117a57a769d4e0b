#include "ledger.h"

#include <gtest/gtest.h>

namespace sewa::client {
namespace {

constexpr ConversationId kOne{1};
constexpr ConversationId kTwo{2};

DurableFrame event(ConversationId conversation, std::int64_t seq, std::int64_t pos) {
    MessageAdded added;
    added.message.id = MessageId{pos};
    return {conversation, ConvSeq{seq}, Pos{pos}, added};
}

class LedgerTest : public testing::Test {
protected:
    Ledger::Placed stream(DurableFrame frame) {
        auto const pos = frame.pos;
        auto const placed = ledger_.place(std::move(frame), ready_);
        ledger_.received(pos);
        return placed;
    }
    std::vector<std::int64_t> shown() const {
        std::vector<std::int64_t> seqs;
        for (auto const& frame : ready_) seqs.push_back(frame.conv_seq.value);
        return seqs;
    }

    Ledger ledger_{{.held_max = 3, .conversations_max = 4}};
    std::vector<DurableFrame> ready_;
};

TEST_F(LedgerTest, R_1_applies_the_next_and_ignores_what_is_not_greater) {
    EXPECT_EQ(stream(event(kOne, 7, 70)), Ledger::Placed::kApplied);
    EXPECT_EQ(stream(event(kOne, 8, 80)), Ledger::Placed::kApplied);
    EXPECT_EQ(stream(event(kOne, 8, 80)), Ledger::Placed::kIgnored);
    EXPECT_EQ(stream(event(kOne, 3, 30)), Ledger::Placed::kIgnored);
    EXPECT_EQ(shown(), (std::vector<std::int64_t>{7, 8}));
}

TEST_F(LedgerTest, R_1_holds_behind_a_gap_until_it_is_filled) {
    stream(event(kOne, 1, 10));
    EXPECT_EQ(stream(event(kOne, 4, 40)), Ledger::Placed::kHeld);
    EXPECT_EQ(stream(event(kOne, 3, 30)), Ledger::Placed::kHeld);
    ASSERT_EQ(ledger_.gaps().size(), 1u);
    EXPECT_EQ(ledger_.gaps()[0].after, ConvSeq{1});

    ledger_.place(event(kOne, 2, 20), ready_);

    EXPECT_EQ(shown(), (std::vector<std::int64_t>{1, 2, 3, 4}));
    EXPECT_TRUE(ledger_.gaps().empty());
}

TEST_F(LedgerTest, R_5_cursor_never_passes_a_held_event) {
    stream(event(kOne, 1, 10));
    stream(event(kOne, 3, 30));
    stream(event(kTwo, 1, 40));
    EXPECT_EQ(ledger_.cursor(), Pos{10});

    ledger_.place(event(kOne, 2, 20), ready_);

    EXPECT_EQ(ledger_.cursor(), Pos{40});
}

TEST_F(LedgerTest, a_gap_in_one_conversation_does_not_stop_another) {
    stream(event(kOne, 1, 10));
    stream(event(kOne, 3, 30));
    EXPECT_EQ(stream(event(kTwo, 5, 40)), Ledger::Placed::kApplied);
}

TEST_F(LedgerTest, R_1_personal_events_have_no_place_and_are_always_shown) {
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(stream(event(kOne, 0, 50)), Ledger::Placed::kApplied);
    }
    EXPECT_EQ(ready_.size(), 2u);
    EXPECT_FALSE(ledger_.knows(kOne));
}

TEST_F(LedgerTest, refuses_to_hold_more_than_its_limit) {
    stream(event(kOne, 1, 10));
    for (int seq = 3; seq < 6; ++seq) {
        EXPECT_EQ(stream(event(kOne, seq, seq * 10)), Ledger::Placed::kHeld);
    }
    EXPECT_EQ(stream(event(kOne, 6, 60)), Ledger::Placed::kFull);
}

TEST_F(LedgerTest, knows_at_most_its_limit_of_conversations) {
    for (int id = 1; id <= 10; ++id) stream(event(ConversationId{id}, 1, id));
    EXPECT_EQ(ledger_.all_applied().size(), 4u);
    EXPECT_EQ(ready_.size(), 10u);
}

TEST_F(LedgerTest, R_4_a_snapshot_replaces_what_was_known) {
    stream(event(kOne, 1, 10));
    stream(event(kOne, 3, 30));
    Conversation conversation;
    conversation.id = kOne;
    conversation.last_conv_seq = ConvSeq{9};

    ledger_.reset(Pos{100}, {conversation}, Ledger::Knowledge::kComplete);

    EXPECT_EQ(ledger_.cursor(), Pos{100});
    EXPECT_TRUE(ledger_.gaps().empty());
    EXPECT_EQ(stream(event(kOne, 9, 90)), Ledger::Placed::kIgnored);
    EXPECT_EQ(stream(event(kOne, 10, 110)), Ledger::Placed::kApplied);
}

TEST_F(LedgerTest, a_new_conversation_is_expected_from_its_start_unless_it_is_long) {
    ledger_.reset(Pos{100}, {}, Ledger::Knowledge::kComplete);
    EXPECT_EQ(stream(event(kOne, 2, 110)), Ledger::Placed::kHeld);
    EXPECT_EQ(stream(event(kTwo, 50'000, 120)), Ledger::Placed::kApplied);
}

TEST_F(LedgerTest, abandoning_a_gap_lets_the_cursor_go_on) {
    stream(event(kOne, 1, 10));
    stream(event(kOne, 3, 30));
    ledger_.abandon(kOne);
    EXPECT_EQ(ledger_.cursor(), Pos{30});
}

TEST_F(LedgerTest, M_4_what_only_an_ack_named_is_a_gap_until_it_was_read) {
    stream(event(kOne, 1, 10));
    ledger_.promise(kOne, ConvSeq{3});
    ledger_.received(Pos{50});
    ASSERT_EQ(ledger_.gaps().size(), 1u);
    EXPECT_EQ(ledger_.gaps()[0].after, ConvSeq{1});
    EXPECT_EQ(ledger_.cursor(), Pos{10});

    ledger_.place(event(kOne, 2, 20), ready_);
    EXPECT_EQ(ledger_.gaps().size(), 1u);
    ledger_.place(event(kOne, 3, 30), ready_);

    EXPECT_TRUE(ledger_.gaps().empty());
    EXPECT_EQ(ledger_.cursor(), Pos{50});
    ledger_.promise(kOne, ConvSeq{3});
    EXPECT_TRUE(ledger_.gaps().empty());
}

TEST_F(LedgerTest, M_4_a_promise_of_a_conversation_without_access_is_given_up) {
    stream(event(kOne, 1, 10));
    ledger_.promise(kOne, ConvSeq{2});
    ledger_.abandon(kOne);
    EXPECT_TRUE(ledger_.gaps().empty());
    EXPECT_EQ(ledger_.cursor(), Pos{10});
}

}  // namespace
}  // namespace sewa::client
