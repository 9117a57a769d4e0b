#include "bench/absences.h"

#include <gtest/gtest.h>

#include <set>

namespace sewa::bench {
namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

std::set<std::uint32_t> leave(Absences& absences, std::uint64_t now_ns) {
    std::set<std::uint32_t> people;
    while (auto const person = absences.next_to_leave(now_ns)) {
        people.insert(*person);
        absences.left(*person, now_ns);
    }
    return people;
}

TEST(Absences, so_many_leave_in_a_second_each_another_one) {
    Absences absences(10, 5, 1000);
    EXPECT_TRUE(leave(absences, kSecond).empty()) << "not begun";
    absences.begin(kSecond);
    absences.begin(2 * kSecond);
    EXPECT_TRUE(leave(absences, kSecond).empty());
    EXPECT_EQ(leave(absences, 2 * kSecond).size(), 10U);
    EXPECT_EQ(leave(absences, 3 * kSecond).size(), 10U);
}

TEST(Absences, who_left_comes_back_when_the_time_has_passed) {
    Absences absences(1, 5, 10);
    absences.begin(0);
    auto const people = leave(absences, kSecond);
    ASSERT_EQ(people.size(), 1U);
    EXPECT_FALSE(absences.next_to_return(6 * kSecond - 1));
    EXPECT_EQ(absences.next_to_return(6 * kSecond), *people.begin());
    EXPECT_FALSE(absences.next_to_return(7 * kSecond));
}

TEST(Absences, at_the_end_all_come_back_at_once_and_nobody_leaves) {
    Absences absences(10, 100, 1000);
    absences.begin(0);
    auto const people = leave(absences, kSecond);
    absences.end();
    std::size_t back = 0;
    while (absences.next_to_return(kSecond)) ++back;
    EXPECT_EQ(back, people.size());
    EXPECT_TRUE(leave(absences, 10 * kSecond).empty());
}

TEST(Absences, without_a_rate_nobody_leaves) {
    Absences absences(0, 0, 1000);
    absences.begin(0);
    EXPECT_TRUE(leave(absences, 100 * kSecond).empty());
}

}  // namespace
}  // namespace sewa::bench
