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
    Member a(1), b(2);
    registry.add(a);
    auto const handle = a.handle();
    EXPECT_EQ(registry.find(handle), &a);
    registry.remove(a);
    EXPECT_EQ(registry.find(handle), nullptr);
    registry.add(b);  // Takes the slot.
    EXPECT_EQ(b.handle().slot, handle.slot);
    EXPECT_EQ(registry.find(handle), nullptr);
    EXPECT_EQ(registry.find({77, 1}), nullptr);
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
    for (auto& member : members) registry.add(member);
    registry.each([&](Subscriber& member) { registry.remove(member); });
    EXPECT_EQ(registry.size(), 0u);
}

}  // namespace
}  // namespace sewa::chat
