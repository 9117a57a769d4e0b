#include "net/out_queue.h"

#include <gtest/gtest.h>

#include "net/connection.h"

namespace sewa::net {
namespace {

constexpr std::size_t kFrameBytes = 100;
// As the queue counts: header of two bytes, and 64 for the entry.
constexpr std::size_t kFrameCharge = kFrameBytes + 2 + 64;
constexpr auto kPresence = EphemeralKind::kPresence;
constexpr auto kTyping = EphemeralKind::kTyping;
constexpr auto kReceipt = EphemeralKind::kReceipt;

SharedFrame frame(char name) {
    return SharedFrame::text(std::string(kFrameBytes, name));
}

class OutQueueTest : public testing::Test {
protected:
    // The name of each waiting frame, in order.
    std::string names() const {
        std::array<iovec, 1000> parts;
        std::string text;
        for (auto const& part : queue_.gather(parts)) {
            text += static_cast<char const*>(part.iov_base)[part.iov_len - 1];
        }
        return text;
    }

    NetCounters counters_;
    OutQueuePool pool_{10 * kFrameCharge, counters_};
    OutQueue queue_{pool_};
};

TEST_F(OutQueueTest, keeps_the_order_and_counts_what_waits) {
    for (char const name : {'a', 'b', 'c'}) EXPECT_TRUE(queue_.push(frame(name)));
    EXPECT_EQ(names(), "abc");
    EXPECT_EQ(queue_.charge(), 3 * kFrameCharge);
    EXPECT_EQ(counters_.queued.get(), 3 * kFrameCharge);
    queue_.consume(kFrameBytes + 2);
    EXPECT_EQ(names(), "bc");
    queue_.consume(2 * (kFrameBytes + 2));
    EXPECT_TRUE(queue_.is_empty());
    EXPECT_EQ(queue_.charge(), 0u);
    EXPECT_EQ(counters_.queued.get(), 0u);
}

TEST_F(OutQueueTest, a_frame_written_in_part_goes_on_where_it_stopped) {
    EXPECT_TRUE(queue_.push(SharedFrame::text("hello")));
    EXPECT_TRUE(queue_.push(SharedFrame::text("world")));
    queue_.consume(4);
    std::array<iovec, 4> parts;
    auto const rest = queue_.gather(parts);
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(std::string(static_cast<char*>(rest[0].iov_base), rest[0].iov_len), "llo");
    queue_.consume(3);
    EXPECT_EQ(names(), "d");
}

TEST_F(OutQueueTest, refuses_a_frame_above_the_limit_when_nothing_can_be_shed) {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(queue_.push(frame('d')));
    EXPECT_FALSE(queue_.push(frame('x')));
    EXPECT_EQ(names(), "dddddddddd");
}

TEST_F(OutQueueTest, an_empty_queue_takes_a_frame_of_any_size) {
    EXPECT_TRUE(queue_.push(SharedFrame::text(std::string(100'000, 'x'))));
    EXPECT_FALSE(queue_.push(frame('x')));
}

TEST_F(OutQueueTest, sheds_presence_then_typing_then_receipts_and_never_messages) {
    EXPECT_TRUE(queue_.push_ephemeral(frame('r'), kReceipt, 0));
    EXPECT_TRUE(queue_.push_ephemeral(frame('t'), kTyping, 0));
    EXPECT_TRUE(queue_.push_ephemeral(frame('p'), kPresence, 0));
    EXPECT_TRUE(queue_.push(frame('1')));
    EXPECT_TRUE(queue_.push_ephemeral(frame('p'), kPresence, 0));
    for (char name = '2'; name <= '6'; ++name) EXPECT_TRUE(queue_.push(frame(name)));
    EXPECT_EQ(names(), "rtp1p23456");

    EXPECT_TRUE(queue_.push(frame('7')));
    EXPECT_EQ(names(), "rt1234567");
    EXPECT_TRUE(queue_.push(frame('8')));
    EXPECT_TRUE(queue_.push(frame('9')));
    EXPECT_EQ(names(), "r123456789");
    EXPECT_TRUE(queue_.push(frame('A')));
    EXPECT_EQ(names(), "123456789A");
    EXPECT_FALSE(queue_.push(frame('B')));
    EXPECT_EQ(counters_.shed[0].get(), 2u);
    EXPECT_EQ(counters_.shed[1].get(), 1u);
    EXPECT_EQ(counters_.shed[2].get(), 1u);
}

TEST_F(OutQueueTest, an_ephemeral_frame_sheds_only_what_goes_before_it) {
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(queue_.push(frame('d')));
    EXPECT_TRUE(queue_.push_ephemeral(frame('t'), kTyping, 0));
    EXPECT_TRUE(queue_.push_ephemeral(frame('p'), kPresence, 0));

    EXPECT_FALSE(queue_.push_ephemeral(frame('p'), kPresence, 0));
    EXPECT_TRUE(queue_.push_ephemeral(frame('T'), kTyping, 0));
    EXPECT_EQ(names(), "ddddddddtT");
    EXPECT_FALSE(queue_.push_ephemeral(frame('t'), kTyping, 0));
    EXPECT_TRUE(queue_.push_ephemeral(frame('r'), kReceipt, 0));
    EXPECT_EQ(names(), "ddddddddr");
    EXPECT_EQ(counters_.shed[0].get(), 2u);
    EXPECT_EQ(counters_.shed[1].get(), 3u);
}

TEST_F(OutQueueTest, the_same_kind_and_key_is_replaced_in_place) {
    EXPECT_TRUE(queue_.push_ephemeral(frame('a'), kTyping, 7));
    EXPECT_TRUE(queue_.push(frame('1')));
    EXPECT_TRUE(queue_.push_ephemeral(frame('b'), kTyping, 7));
    EXPECT_EQ(names(), "b1");
    EXPECT_TRUE(queue_.push_ephemeral(frame('c'), kPresence, 7));
    EXPECT_TRUE(queue_.push_ephemeral(frame('d'), kTyping, 8));
    EXPECT_TRUE(queue_.push_ephemeral(frame('e'), kTyping, 0));
    EXPECT_TRUE(queue_.push_ephemeral(frame('f'), kTyping, 0));
    EXPECT_EQ(names(), "b1cdef");
    EXPECT_EQ(counters_.coalesced.get(), 1u);
    EXPECT_EQ(queue_.charge(), 6 * kFrameCharge);
}

TEST_F(OutQueueTest, replacing_keeps_the_charge_of_the_new_frame) {
    EXPECT_TRUE(queue_.push_ephemeral(SharedFrame::text("x"), kTyping, 7));
    EXPECT_TRUE(queue_.push_ephemeral(frame('a'), kTyping, 7));
    EXPECT_EQ(queue_.charge(), kFrameCharge);
}

TEST_F(OutQueueTest, what_is_written_in_part_or_pinned_is_neither_replaced_nor_shed) {
    EXPECT_TRUE(queue_.push_ephemeral(frame('a'), kPresence, 1));
    EXPECT_TRUE(queue_.push_ephemeral(frame('b'), kPresence, 2));
    EXPECT_TRUE(queue_.push_ephemeral(frame('c'), kPresence, 3));
    queue_.consume(1);
    queue_.pin(kFrameBytes + 2);  // The rest of a, the first byte of b.
    EXPECT_TRUE(queue_.push_ephemeral(frame('A'), kPresence, 1));
    EXPECT_TRUE(queue_.push_ephemeral(frame('B'), kPresence, 2));
    EXPECT_TRUE(queue_.push_ephemeral(frame('C'), kPresence, 3));
    EXPECT_EQ(names(), "abCAB");
    for (char const name : {'1', '2', '3', '4', '5', '6'}) EXPECT_TRUE(queue_.push(frame(name)));
    EXPECT_EQ(names(), "ab123456");
}

TEST_F(OutQueueTest, the_pool_gives_back_what_was_not_needed_for_a_while) {
    NetCounters counters;
    OutQueuePool pool(1 << 20, counters);
    auto& one = pool.take();
    auto& two = pool.take();
    pool.give_back(one);
    pool.give_back(two);
    EXPECT_TRUE(pool.trim()) << "both are new since the last time";
    auto& again = pool.take();
    EXPECT_EQ(&again, &two);
    pool.give_back(again);
    EXPECT_TRUE(pool.trim()) << "one was never needed and went, the other was";
    EXPECT_FALSE(pool.trim()) << "now it was not";
}

TEST_F(OutQueueTest, many_entries_keep_their_order_while_the_front_moves) {
    NetCounters counters;
    OutQueuePool pool(1 << 20, counters);
    auto& queue = pool.take();
    int pushed = 0, popped = 0;
    for (int round = 0; round < 200; ++round) {
        for (int i = 0; i < 7; ++i)
            EXPECT_TRUE(queue.push(SharedFrame::text(std::to_string(pushed++))));
        for (int i = 0; i < (round < 100 ? 3 : 9) && popped < pushed; ++i) {
            std::array<iovec, 1> parts;
            auto const part = queue.gather(parts)[0];
            std::string_view const bytes(static_cast<char*>(part.iov_base), part.iov_len);
            EXPECT_EQ(bytes.substr(2), std::to_string(popped++));
            queue.consume(part.iov_len);
        }
    }
    pool.give_back(queue);
}

TEST_F(OutQueueTest, tiny_pieces_are_bounded_by_their_number_too) {
    int pieces = 0;
    while (true) {
        auto piece = std::make_unique<OutPiece>();
        piece->bytes = "x";
        if (!queue_.push_piece(std::move(piece))) break;
        ASSERT_LT(++pieces, 100);
    }
    EXPECT_EQ(pieces, 26);
}

}  // namespace
}  // namespace sewa::net
