#include "chat/listeners.h"

#include <gtest/gtest.h>

#include "chat/member_for_test.h"

namespace sewa::chat {
namespace {

Audience audience_of(std::int64_t conversation, std::int64_t members, std::uint64_t version = 1) {
    Audience audience{ConversationId{conversation}, version, {}};
    for (std::int64_t i = 1; i <= members; ++i) audience.participants.push_back(UserId{i});
    return audience;
}

class ListenersTest : public testing::Test {
protected:
    std::vector<Subscriber*> of(Audience const& audience) {
        std::vector<Subscriber*> found;
        listeners_.each_of(audience, [&](Subscriber& session) { found.push_back(&session); });
        return found;
    }

    Registry registry_;
    Listeners listeners_{registry_, 20};
    Member first_{1}, second_{2}, stranger_{99};
};

TEST_F(ListenersTest, small_and_large_audiences_find_the_same_sessions) {
    for (auto* const member : {&first_, &second_, &stranger_}) registry_.add(*member);
    std::vector<Subscriber*> const both{&first_, &second_};
    EXPECT_EQ(of(audience_of(1, 2)), both);
    EXPECT_EQ(of(audience_of(2, 50)), both);
    EXPECT_EQ(of(audience_of(2, 50)), both) << "remembered";
}

TEST_F(ListenersTest, who_comes_and_goes_is_noticed) {
    registry_.add(first_);
    auto const room = audience_of(1, 50);
    EXPECT_EQ(of(room), std::vector<Subscriber*>{&first_});
    registry_.add(second_);
    EXPECT_EQ(of(room).size(), 2u);
    registry_.remove(first_);
    EXPECT_EQ(of(room), std::vector<Subscriber*>{&second_});
    registry_.remove(second_);
    EXPECT_TRUE(of(room).empty());
}

TEST_F(ListenersTest, a_change_of_members_is_noticed) {
    registry_.add(first_);
    registry_.add(stranger_);
    EXPECT_EQ(of(audience_of(1, 50)).size(), 1u);
    auto joined = audience_of(1, 50, 2);
    joined.participants.push_back(UserId{99});
    EXPECT_EQ(of(joined).size(), 2u);
}

TEST_F(ListenersTest, what_is_remembered_is_bounded) {
    registry_.add(first_);
    for (std::int64_t room = 1; room <= 1000; ++room) {
        EXPECT_EQ(of(audience_of(room, 50)).size(), 1u);
        EXPECT_LE(listeners_.size(), 22u);
    }
}

TEST_F(ListenersTest, a_session_may_remove_itself_when_it_is_visited) {
    registry_.add(first_);
    registry_.add(second_);
    int visited = 0;
    listeners_.each_of(audience_of(1, 50), [&](Subscriber& session) {
        ++visited;
        registry_.remove(session);
    });
    EXPECT_EQ(visited, 2);
    EXPECT_TRUE(of(audience_of(1, 50)).empty());
}

}  // namespace
}  // namespace sewa::chat
