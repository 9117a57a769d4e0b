#include "store/sqlite/twins.h"

#include <gtest/gtest.h>

namespace sewa::store::sqlite {
namespace {

constexpr WallMs kNow{1'000'000};

TEST(Twins, a_failed_transaction_leaves_no_trace) {
    Twins twins;
    twins.remember(1, {10}, Transport::kWebSocket, kNow);
    twins.keep();
    twins.remember(2, {11}, Transport::kWebSocket, kNow);
    EXPECT_EQ(twins.absorb(1, Transport::kRest, kNow), Pos{10});
    EXPECT_EQ(twins.absorb(2, Transport::kRest, kNow), Pos{11});
    twins.forget();
    EXPECT_EQ(twins.absorb(2, Transport::kRest, kNow), std::nullopt);
    EXPECT_EQ(twins.absorb(1, Transport::kRest, kNow), Pos{10});
    EXPECT_EQ(twins.absorb(1, Transport::kRest, kNow), std::nullopt);
}

TEST(Twins, memory_is_bounded_and_empties_with_time) {
    Twins twins;
    for (std::int64_t i = 1; i <= 100'000; ++i) {
        twins.remember(i % 7, {i}, Transport::kWebSocket, kNow);
        twins.keep();
        ASSERT_LE(twins.size(), Twins::kEntriesMax);
    }
    twins.remember(1, {200'000}, Transport::kWebSocket, kNow + Twins::kWindowMs + 1);
    twins.keep();
    EXPECT_EQ(twins.size(), 1u);
}

TEST(Twins, the_same_transport_twice_is_meant_twice) {
    for (auto const transport : {Transport::kRest, Transport::kWebSocket}) {
        Twins twins;
        twins.remember(1, {10}, transport, kNow);
        EXPECT_EQ(twins.absorb(1, transport, kNow), std::nullopt);
    }
}

TEST(Twins, the_oldest_waiting_post_is_taken_first) {
    Twins twins;
    twins.remember(1, {10}, Transport::kWebSocket, kNow);
    twins.remember(1, {11}, Transport::kWebSocket, kNow);
    EXPECT_EQ(twins.absorb(1, Transport::kRest, kNow), Pos{10});
    EXPECT_EQ(twins.absorb(1, Transport::kRest, kNow), Pos{11});
}

}  // namespace
}  // namespace sewa::store::sqlite
