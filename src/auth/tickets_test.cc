#include "auth/tickets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace sewa::auth {
namespace {

class TicketsTest : public testing::Test {
protected:
    Claims claims_of(std::int64_t user) {
        return {.user = UserId{user}, .expires_at = clock_.wall() + 3'600'000, .name = "Asha"};
    }

    ManualClock clock_;
    SeededRandom random_{7};
};

TEST_F(TicketsTest, C_1_a_ticket_opens_once) {
    Tickets tickets({}, clock_);
    auto const ticket = tickets.issue(claims_of(7), random_).value();

    auto const claims = tickets.redeem(ticket);

    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->user, UserId{7});
    EXPECT_EQ(claims->name, "Asha");
    EXPECT_EQ(ticket.size(), 32u);
    EXPECT_EQ(tickets.redeem(ticket).error().code, Errc::kUnauthorized);
    EXPECT_EQ(tickets.redeem("").error().code, Errc::kUnauthorized);
}

TEST_F(TicketsTest, C_1_a_ticket_lives_30_seconds) {
    Tickets tickets({}, clock_);
    auto const first = tickets.issue(claims_of(7), random_).value();
    auto const second = tickets.issue(claims_of(7), random_).value();

    clock_.advance(29'999);
    EXPECT_TRUE(tickets.redeem(first));
    clock_.advance(1);
    EXPECT_EQ(tickets.redeem(second).error().code, Errc::kUnauthorized);
    EXPECT_EQ(tickets.size(), 0u);
}

TEST_F(TicketsTest, a_ticket_does_not_outlive_its_token) {
    Tickets tickets({}, clock_);
    auto claims = claims_of(7);
    claims.expires_at = clock_.wall() + 10'000;
    auto const ticket = tickets.issue(claims, random_).value();

    clock_.advance(10'000);

    EXPECT_EQ(tickets.redeem(ticket).error().code, Errc::kTokenExpired);
}

TEST_F(TicketsTest, the_table_is_bounded_and_drains_with_time) {
    Tickets tickets({.tickets_max = 3}, clock_);
    for (int user = 1; user <= 3; ++user) {
        auto const ticket = tickets.issue(claims_of(user), random_);
        ASSERT_TRUE(tickets.redeem(*ticket));
    }

    auto const refused = tickets.issue(claims_of(4), random_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kRateLimited);
    EXPECT_EQ(refused.error().retry_after_ms, 30'000u);
    clock_.advance(30'000);
    EXPECT_TRUE(tickets.issue(claims_of(4), random_));
}

TEST_F(TicketsTest, one_user_cannot_take_all) {
    Tickets tickets({.tickets_per_user_max = 2}, clock_);
    ASSERT_TRUE(tickets.issue(claims_of(7), random_));
    ASSERT_TRUE(tickets.issue(claims_of(7), random_));

    EXPECT_EQ(tickets.issue(claims_of(7), random_).error().code, Errc::kRateLimited);
    EXPECT_TRUE(tickets.issue(claims_of(8), random_));
    clock_.advance(30'000);
    EXPECT_TRUE(tickets.issue(claims_of(7), random_));
}

TEST_F(TicketsTest, of_many_threads_one_wins) {
    Tickets tickets({}, clock_);
    auto const ticket = tickets.issue(claims_of(7), random_).value();
    std::atomic<int> wins{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { wins += tickets.redeem(ticket) ? 1 : 0; });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wins, 1);
}

}  // namespace
}  // namespace sewa::auth
