#include "chat/waiters.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

TEST(WaiterTable, an_outcome_finds_who_waits) {
    WaiterTable table(1, 10);
    store::Origin first, second;
    table.add(first)->request_id = "a";
    table.add(second)->request_id = "b";
    EXPECT_EQ(table.find(first)->request_id, "a");
    EXPECT_EQ(table.find(second)->request_id, "b");
    EXPECT_EQ(table.size(), 2u);
}

TEST(WaiterTable, outcomes_of_other_shards_and_of_nobody_are_not_ours) {
    WaiterTable table(1, 10);
    store::Origin mine;
    table.add(mine);
    EXPECT_EQ(table.find({2, mine.slot, mine.generation}), nullptr);
    EXPECT_EQ(table.find({}), nullptr);
}

TEST(WaiterTable, a_full_table_refuses_until_one_is_answered) {
    WaiterTable table(0, 3);
    store::Origin origins[3];
    for (auto& origin : origins) ASSERT_NE(table.add(origin), nullptr);
    store::Origin refused;
    EXPECT_EQ(table.add(refused), nullptr);
    EXPECT_EQ(refused.shard, store::Origin::kNobody);
    EXPECT_EQ(table.refused(), 1u);
    table.release(origins[1]);
    EXPECT_EQ(table.size(), 2u);
    ASSERT_NE(table.add(refused), nullptr);
    EXPECT_EQ(refused.slot, origins[1].slot);
    EXPECT_NE(refused.generation, origins[1].generation);
}

TEST(WaiterTable, a_reused_slot_keeps_no_callback) {
    WaiterTable table(0, 1);
    store::Origin origin;
    table.add(origin)->done = [](auto const&) {};
    table.release(origin);
    EXPECT_FALSE(table.add(origin)->done);
}

}  // namespace
}  // namespace sewa::chat
