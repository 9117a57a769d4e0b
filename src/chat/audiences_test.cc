#include "chat/audiences.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

AudiencePtr audience(std::int64_t conversation, std::uint64_t version = 1) {
    return std::make_shared<Audience>(
        Audience{ConversationId{conversation}, version, {UserId{7}, UserId{42}}});
}

class AudiencesTest : public testing::Test {
protected:
    bool wait(std::int64_t conversation) {
        return cache_.wait(ConversationId{conversation},
                           [this](Result<AudiencePtr> const& found) { answers_.push_back(found); });
    }
    void load(AudiencePtr const& found) {
        wait(found->conversation.value);
        cache_.loaded(found->conversation, found);
        answers_.clear();
    }
    AudiencePtr find(std::int64_t conversation) {
        return cache_.find(ConversationId{conversation});
    }

    AudienceCache cache_{3};
    std::vector<Result<AudiencePtr>> answers_;
};

TEST_F(AudiencesTest, one_load_answers_all_who_wait) {
    EXPECT_EQ(find(1), nullptr);
    EXPECT_TRUE(wait(1));
    EXPECT_FALSE(wait(1));
    auto const loaded = audience(1);
    cache_.loaded(ConversationId{1}, loaded);
    ASSERT_EQ(answers_.size(), 2u);
    EXPECT_EQ(answers_[0].value(), loaded);
    EXPECT_EQ(find(1), loaded);
}

TEST_F(AudiencesTest, a_change_that_commits_during_the_load_wins) {
    wait(1);
    auto const newer = audience(1, 2);
    cache_.update(newer);
    cache_.loaded(ConversationId{1}, audience(1, 1));
    EXPECT_EQ(answers_.at(0).value(), newer);
    EXPECT_EQ(find(1), newer);
}

TEST_F(AudiencesTest, an_older_version_never_replaces_a_newer_one) {
    load(audience(1, 5));
    cache_.update(audience(1, 4));
    EXPECT_EQ(find(1)->version, 5u);
    cache_.update(audience(1, 6));
    EXPECT_EQ(find(1)->version, 6u);
}

TEST_F(AudiencesTest, an_update_of_what_nobody_asked_about_is_not_kept) {
    cache_.update(audience(1));
    EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(AudiencesTest, a_failed_load_is_told_and_tried_again_by_the_next) {
    wait(1);
    cache_.loaded(ConversationId{1}, fail(Errc::kUnavailable, "busy"));
    EXPECT_EQ(answers_.at(0).error().code, Errc::kUnavailable);
    EXPECT_EQ(cache_.size(), 0u);
    EXPECT_TRUE(wait(1));
}

TEST_F(AudiencesTest, the_least_recently_used_goes_first) {
    for (std::int64_t i = 1; i <= 3; ++i) load(audience(i));
    find(1);
    load(audience(4));
    EXPECT_EQ(cache_.size(), 3u);
    EXPECT_NE(find(1), nullptr);
    EXPECT_EQ(find(2), nullptr);
}

TEST_F(AudiencesTest, what_somebody_waits_for_stays) {
    for (std::int64_t i = 1; i <= 5; ++i) wait(i);
    for (std::int64_t i = 1; i <= 5; ++i) cache_.loaded(ConversationId{i}, audience(i));
    EXPECT_EQ(answers_.size(), 5u);
    load(audience(6));
    EXPECT_EQ(cache_.size(), 3u);
}

TEST_F(AudiencesTest, one_who_was_answered_may_ask_again) {
    cache_.wait(ConversationId{1}, [this](Result<AudiencePtr> const&) {
        EXPECT_NE(find(1), nullptr);
        EXPECT_TRUE(wait(2));
    });
    cache_.loaded(ConversationId{1}, audience(1));
    cache_.loaded(ConversationId{2}, audience(2));
    EXPECT_EQ(answers_.size(), 1u);
}

TEST_F(AudiencesTest, who_waits_for_one_conversation_is_bounded) {
    EXPECT_TRUE(wait(1));
    for (int i = 1; i < 10'000; ++i) EXPECT_FALSE(wait(1));
    EXPECT_TRUE(answers_.empty());
    EXPECT_FALSE(wait(1));
    ASSERT_EQ(answers_.size(), 1u);
    EXPECT_EQ(answers_[0].error().code, Errc::kUnavailable);
    EXPECT_EQ(cache_.refused(), 1u);
    cache_.loaded(ConversationId{1}, audience(1));
    EXPECT_EQ(answers_.size(), 10'001u);
}

}  // namespace
}  // namespace sewa::chat
