#include "chat/registry.h"

#include <gtest/gtest.h>

#include <deque>

#include "chat/member_for_test.h"

namespace sewa::chat {
namespace {

std::vector<Subscriber*> of_user(Registry const& registry, std::int64_t user) {
    std::vector<Subscriber*> found;
    registry.each_of(UserId{user}, [&](Subscriber& member) { found.push_back(&member); });
    return found;
}

TEST(Registry, finds_the_sessions_of_a_user_and_no_others) {
    Registry registry;
    Member a(1), b(1), c(2);
    for (auto* const member : {&a, &b, &c}) registry.add(*member);
    EXPECT_EQ(of_user(registry, 1).size(), 2u);
    EXPECT_EQ(of_user(registry, 2), std::vector<Subscriber*>{&c});
    EXPECT_TRUE(of_user(registry, 3).empty());
    EXPECT_TRUE(registry.has(UserId{2}));
    EXPECT_FALSE(registry.has(UserId{3}));
    EXPECT_EQ(registry.size(), 3u);
}

TEST(Registry, removes_first_middle_and_last_of_a_user) {
    for (int removed = 0; removed < 3; ++removed) {
        Registry registry;
        std::deque<Member> members;
        for (int i = 0; i < 3; ++i) registry.add(members.emplace_back(1));
        registry.remove(members[static_cast<std::size_t>(removed)]);
        auto const left = of_user(registry, 1);
        EXPECT_EQ(left.size(), 2u);
        for (auto* const member : left) {
            EXPECT_NE(member, &members[static_cast<std::size_t>(removed)]);
        }
    }
}

TEST(Registry, a_handle_names_nobody_after_its_session_went) {
    Registry registry;
    Member a(1), b(1);
    registry.add(a);
    auto const first = a.handle();
    EXPECT_EQ(registry.find(first), &a);
    registry.add(b);
    EXPECT_EQ(registry.find(first), &a);
    EXPECT_EQ(registry.find(b.handle()), &b);
    registry.remove(a);
    EXPECT_EQ(registry.find(first), nullptr);
    registry.add(a);  // The same user in the same place.
    EXPECT_EQ(registry.find(first), nullptr);
    EXPECT_EQ(registry.find(a.handle()), &a);
    EXPECT_EQ(registry.find({UserId{77}, 1}), nullptr);
    EXPECT_EQ(registry.find({}), nullptr);
}

TEST(Registry, the_one_that_is_visited_may_remove_itself) {
    Registry registry;
    std::deque<Member> members;
    for (int i = 0; i < 4; ++i) registry.add(members.emplace_back(1));
    int visits = 0;
    registry.each_of(UserId{1}, [&](Subscriber& member) {
        ++visits;
        registry.remove(member);
    });
    EXPECT_EQ(visits, 4);
    EXPECT_FALSE(registry.has(UserId{1}));
}

TEST(Registry, visits_every_session_once_though_each_removes_itself) {
    Registry registry;
    std::deque<Member> members;
    for (int i = 0; i < 3000; ++i) registry.add(members.emplace_back(1 + i % 2000));
    int visits = 0;
    registry.each([&](Subscriber& member) {
        ++visits;
        registry.remove(member);
    });
    EXPECT_EQ(visits, 3000);
    EXPECT_EQ(registry.size(), 0u);
}

}  // namespace
}  // namespace sewa::chat
