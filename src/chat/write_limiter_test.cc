#include "chat/write_limiter.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

store::PostMessage post(std::int64_t sender, std::int64_t conversation,
                        MessageType type = MessageType::kText) {
    return {.conversation = {conversation},
            .sender = {sender},
            .content = "x",
            .client_msg_id = {},
            .reply_to = {},
            .type = type,
            .attachments = {}};
}

TEST(WriteLimiter, a_user_is_limited_over_all_conversations_and_kinds_of_writes) {
    WriteLimiter limiter({.per_user = {60, 3}, .per_conversation = {}});
    EXPECT_TRUE(limiter.admit(post(1, 10), MonoMs{0}));
    EXPECT_TRUE(limiter.admit(post(1, 11), MonoMs{0}));
    EXPECT_TRUE(limiter.admit(store::EditMessage{{5}, {1}, "y"}, MonoMs{0}));
    for (store::Command const& command :
         {store::Command(post(1, 12)), store::Command(store::React{{5}, {1}, "👍"}),
          store::Command(store::DeleteMessage{{5}, {1}}),
          store::Command(store::FlagMessage{{5}, {1}, ""}),
          store::Command(store::OpenConversation{{1}, {2}, {1}, "hi", ""})}) {
        auto const refused = limiter.admit(command, MonoMs{0});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::kRateLimited);
        EXPECT_EQ(refused.error().retry_after_ms, 1000u);
    }
    EXPECT_TRUE(limiter.admit(post(2, 10), MonoMs{0})) << "somebody else";
    EXPECT_TRUE(limiter.admit(post(1, 10), MonoMs{1000}));
}

TEST(WriteLimiter, a_conversation_is_limited_over_all_who_take_part) {
    WriteLimiter limiter({.per_user = {}, .per_conversation = {60, 2}});
    EXPECT_TRUE(limiter.admit(post(1, 10), MonoMs{0}));
    EXPECT_TRUE(limiter.admit(post(2, 10), MonoMs{0}));
    EXPECT_FALSE(limiter.admit(post(3, 10), MonoMs{0}));
    EXPECT_TRUE(limiter.admit(post(3, 11), MonoMs{0}));
    EXPECT_TRUE(limiter.admit(post(0, 10, MessageType::kSystem), MonoMs{0})) << "the marketplace";
}

TEST(WriteLimiter, reading_and_personal_state_are_not_limited) {
    WriteLimiter limiter({.per_user = {60, 1}, .per_conversation = {60, 1}});
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(limiter.admit(store::MarkRead{{10}, {1}, {5}}, MonoMs{0}));
        EXPECT_TRUE(limiter.admit(store::ChangeConversation{{10}, {1}}, MonoMs{0}));
    }
}

TEST(WriteLimiter, its_memory_is_bounded) {
    WriteLimiter limiter({.per_user = {60, 1, 100}, .per_conversation = {60, 1, 50}});
    for (int i = 1; i <= 10'000; ++i) {
        EXPECT_TRUE(limiter.admit(post(i, i), MonoMs{0}));
    }
    EXPECT_EQ(limiter.size(), 150u);
}

}  // namespace
}  // namespace sewa::chat
