#include "chat/presence.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

constexpr UserId kAsha{42}, kBina{7};
constexpr WallMs kNoon{43'200'000};

TEST(PresenceTable, P_1_a_user_is_online_while_any_lease_lives) {
    PresenceTable table;
    EXPECT_TRUE(table.open(kAsha).came_online);
    auto const second = table.open(kAsha);
    EXPECT_FALSE(second.came_online);
    EXPECT_EQ(second.leases, 2u);
    EXPECT_FALSE(table.close(kAsha, kNoon).was_last);
    EXPECT_TRUE(table.is_online(kAsha));
    EXPECT_TRUE(table.close(kAsha, kNoon).was_last);
}

TEST(PresenceTable, P_1_counts_the_leases_of_each_user) {
    PresenceTable table;
    for (std::uint32_t lease = 1; lease <= 3; ++lease) {
        EXPECT_EQ(table.open(kAsha).leases, lease);
        EXPECT_EQ(table.open(kBina).leases, lease);
    }
    EXPECT_FALSE(table.close(kAsha, kNoon).was_last);
    EXPECT_FALSE(table.close(kAsha, kNoon).was_last);
    EXPECT_TRUE(table.close(kAsha, kNoon).was_last);
    EXPECT_EQ(table.open(kBina).leases, 4u);
    auto const back = table.open(kAsha);
    EXPECT_EQ(back.leases, 1u);
    EXPECT_FALSE(back.came_online);
    EXPECT_EQ(table.open(kAsha).leases, 2u);
}

TEST(PresenceTable, P_2_offline_comes_after_the_grace_period_with_the_time_of_leaving) {
    PresenceTable table;
    table.open(kAsha);
    auto const closed = table.close(kAsha, kNoon);
    EXPECT_TRUE(table.is_online(kAsha));
    EXPECT_EQ(table.depart(kAsha, closed.departure), kNoon);
    EXPECT_FALSE(table.is_online(kAsha));
    EXPECT_FALSE(table.depart(kAsha, closed.departure));
    EXPECT_EQ(table.size(), 0u);
}

TEST(PresenceTable, P_2_a_reload_does_not_flap) {
    PresenceTable table;
    table.open(kAsha);
    auto const first = table.close(kAsha, kNoon);
    EXPECT_FALSE(table.open(kAsha).came_online);
    EXPECT_FALSE(table.depart(kAsha, first.departure));
    auto const second = table.close(kAsha, kNoon + 5000);
    EXPECT_FALSE(table.depart(kAsha, first.departure));  // Its time was counted from the reload.
    EXPECT_EQ(table.depart(kAsha, second.departure), kNoon + 5000);
}

TEST(PresenceTable, P_2_a_departure_of_an_earlier_stay_counts_for_nothing) {
    PresenceTable table;
    table.open(kAsha);
    auto const first = table.close(kAsha, kNoon);
    table.open(kAsha);
    auto const second = table.close(kAsha, kNoon);
    table.depart(kAsha, second.departure);
    table.open(kAsha);
    table.close(kAsha, kNoon + 1);
    EXPECT_FALSE(table.depart(kAsha, first.departure));
    EXPECT_TRUE(table.is_online(kAsha));
}

TEST(PresenceTable, tells_which_of_many_are_online_in_the_order_asked) {
    PresenceTable table;
    table.open(kAsha);
    table.open(kBina);
    EXPECT_EQ(table.online({UserId{1}, kAsha, UserId{2}, kBina}), (std::vector{kAsha, kBina}));
    EXPECT_TRUE(table.online({}).empty());
}

TEST(PresenceTable, nothing_stays_of_those_who_left) {
    PresenceTable table;
    for (std::int64_t i = 1; i <= 1000; ++i) table.open(UserId{i});
    EXPECT_EQ(table.size(), 1000u);
    for (std::int64_t i = 1; i <= 1000; ++i) {
        table.depart(UserId{i}, table.close(UserId{i}, kNoon).departure);
    }
    EXPECT_EQ(table.size(), 0u);
}

}  // namespace
}  // namespace sewa::chat
