#pragma once

#include "store/contract_test.h"

// What is refused, with which word, and that it leaves no trace.

namespace sewa::store {

TEST_P(StoreContract, what_needs_an_id_is_refused_without_one) {
    for (Command const& command :
         {Command{ChangeAccess{{}, AccessVerb::kBan}}, Command{UpsertPerson{}},
          Command{UpsertService{}}, Command{ErasePerson{}}}) {
        auto const refused = run(command);
        ASSERT_FALSE(refused) << command.index();
        EXPECT_EQ(refused.error().code, Errc::kBadRequest) << command.index();
        EXPECT_EQ(refused.error().field, "id") << command.index();
    }
    EXPECT_TRUE(read([](Reader& r) { return r.access(); })->empty());
}

TEST_P(StoreContract, a_group_has_two_to_ten_thousand_people) {
    std::vector<UserId> many;
    for (int i = 1; i <= 10'001; ++i) many.push_back(UserId{i});
    std::vector<CreateGroup> const wrong{
        {"x", {}, {}}, {"x", {}, kCustomer}, {"x", {UserId{}, kCustomer}, {}}, {"x", many, {}}};
    for (auto const& group : wrong) EXPECT_EQ(run(group).error().field, "participants");
    EXPECT_TRUE(sink_.events().empty());

    auto const two = run(CreateGroup{"x", {kCustomer}, kProvider})->conversation;
    EXPECT_TRUE(post(two, kProvider, "who made a group is in it"));
    many.pop_back();
    auto const full = open_group(many);
    auto const newcomer = change(full, {}, ConversationChange::kParticipantAdded, UserId{10'001});
    EXPECT_EQ(newcomer.error().field, "participant_id");
    EXPECT_EQ(post(full, UserId{10'001}, "x").error().code, Errc::kNotFound);
}

TEST_P(StoreContract, only_groups_take_people_in_and_let_them_go) {
    auto const direct = open_conversation();
    auto const group = open_group({kCustomer, kProvider});
    using enum ConversationChange;
    EXPECT_EQ(change(direct, {}, kParticipantAdded, kStranger).error().field, "participant_id");
    EXPECT_EQ(change(direct, {}, kParticipantRemoved, kCustomer).error().field, "participant_id");
    EXPECT_EQ(change(group, {}, kParticipantAdded, UserId{}).error().field, "participant_id");
    EXPECT_EQ(change({4711}, {}, kClosed).error().code, Errc::kNotFound);
    EXPECT_TRUE(post(direct, kCustomer, "still here"));
    EXPECT_EQ(events(kCustomer, group).last_conv_seq.value, 1);
}

TEST_P(StoreContract, opening_again_without_a_message_stores_nothing) {
    auto const id = open_conversation();
    OpenConversation const open{kService, kProvider, kCustomer, "", "", Transport::kRest};
    auto const again = run(open).value();
    EXPECT_TRUE(again.duplicate);
    EXPECT_FALSE(again.conversation_created);
    EXPECT_EQ(again.conversation, id);
    EXPECT_EQ(events(kCustomer, id).last_conv_seq.value, 1);
}

TEST_P(StoreContract, M_2_a_key_with_another_body_is_a_conflict_also_where_nobody_may_write) {
    auto const id = open_conversation();
    post(id, kCustomer, "hello", "k1").value();
    change(id, {}, ConversationChange::kClosed).value();
    EXPECT_EQ(post(id, kCustomer, "other", "k1").error().code, Errc::kConflict);
    EXPECT_EQ(post(id, kCustomer, "new").error().code, Errc::kConversationClosed);
}

TEST_P(StoreContract, who_was_removed_changes_no_message) {
    auto const id = open_group({kCustomer, kProvider, kStranger});
    auto const own = post(id, kStranger, "mine").value().pos;
    EXPECT_TRUE(read([&](Reader& r) { return r.message(kStranger, own); }));
    change(id, {}, ConversationChange::kParticipantRemoved, kStranger).value();
    for (Command const& command :
         {Command{EditMessage{own, kStranger, "x"}},
          Command{DeleteMessage{own, kStranger, DeleteScope::kAll}},
          Command{React{own, kStranger, "👍"}}, Command{MarkDelivered{id, kStranger, {1}}}}) {
        auto const refused = run(command);
        ASSERT_FALSE(refused) << command.index();
        EXPECT_EQ(refused.error().code, Errc::kNotParticipant) << command.index();
    }
    EXPECT_NE(history(kProvider, id).messages.at(0).data.find("mine"), std::string::npos);
}

TEST_P(StoreContract, where_messages_are_blocked_nothing_is_said_by_an_edit_or_a_reaction) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "hello").value().pos;
    change(id, kProvider, ConversationChange::kBlocked).value();
    auto const before = store_->log_state().head;
    EXPECT_EQ(run(EditMessage{message, kCustomer, "rude"}).error().code, Errc::kBlocked);
    EXPECT_EQ(run(React{message, kCustomer, "👎"}).error().code, Errc::kBlocked);
    EXPECT_EQ(store_->log_state().head, before);
    EXPECT_TRUE(run(DeleteMessage{message, kCustomer, DeleteScope::kAll})) << "taking back is fine";
    change(id, kProvider, ConversationChange::kUnblocked).value();
    EXPECT_EQ(run(React{message, kProvider, "👍"}).error().code, Errc::kNotFound) << "it is gone";
}

}  // namespace sewa::store
