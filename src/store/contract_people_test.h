#pragma once

#include "store/contract_test.h"

// Who may come in, and how a person is forgotten or exported.

namespace sewa::store {

inline std::vector<AccessState> told_access(RecordingSink const& sink) {
    std::vector<AccessState> all;
    for (auto const& batch : sink.batches()) {
        all.insert(all.end(), batch->access.begin(), batch->access.end());
    }
    return all;
}

TEST_P(StoreContract, K_7_a_ban_is_told_and_survives_a_restart) {
    run(ChangeAccess{kCustomer, AccessVerb::kBan}).value();
    auto const told = told_access(sink_);
    ASSERT_EQ(told.size(), 1u);
    EXPECT_TRUE(told[0].is_banned);
    EXPECT_EQ(told[0].revoked_up_to_s, clock_.wall().value / 1000);
    reopen();
    auto const stored = read([](Reader& r) { return r.access(); }).value();
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].user, kCustomer);
    EXPECT_TRUE(stored[0].is_banned);
    run(ChangeAccess{kCustomer, AccessVerb::kRevoke}).value();
    EXPECT_TRUE(told_access(sink_).back().is_banned) << "a logout lifts no ban";
    run(ChangeAccess{kCustomer, AccessVerb::kUnban}).value();
    EXPECT_FALSE(told_access(sink_).back().is_banned);
}

TEST_P(StoreContract, K_7_who_signs_out_again_is_not_banned) {
    for (int i = 0; i < 2; ++i) run(ChangeAccess{kCustomer, AccessVerb::kRevoke}).value();
    EXPECT_EQ(told_access(sink_).size(), 2u);
    EXPECT_FALSE(told_access(sink_).back().is_banned);
}

TEST_P(StoreContract, K_7_a_role_changed_by_the_marketplace_revokes_tokens) {
    Person person{kCustomer, "Asha", "Asha", "Rai", "", Role::kCustomer};
    run(UpsertPerson{person, true}).value();
    run(UpsertPerson{{UserId{4711}, "New", "", "", "", Role::kStaff}, true}).value();
    person.role = Role::kProvider;
    run(UpsertPerson{person}).value();
    EXPECT_TRUE(told_access(sink_).empty()) << "a token's own word revokes nothing";
    person.role = Role::kStaff;
    run(UpsertPerson{person, true}).value();
    ASSERT_EQ(told_access(sink_).size(), 1u);
    EXPECT_FALSE(told_access(sink_)[0].is_banned);
}

TEST_P(StoreContract, K_8_erasing_reaches_every_conversation_also_left_ones) {
    auto const direct = open_conversation();
    auto const group = open_group({kCustomer, kProvider, kStranger});
    auto const left = open_group({kCustomer, kProvider});
    for (auto const id : {direct, group, left}) {
        post(id, kCustomer, "mine").value();
        post(id, kProvider, "theirs").value();
    }
    change(left, {}, ConversationChange::kParticipantRemoved, kCustomer).value();
    int steps = 0;
    for (ErasePerson::From from;; ++steps) {
        auto const receipt = run(ErasePerson{kCustomer, from}).value();
        if (!receipt.next.conversation) break;
        from = receipt.next;
        ASSERT_LT(steps, 10);
    }
    for (auto const id : {direct, group, left}) {
        auto const messages = history(kProvider, id).messages;
        ASSERT_EQ(messages.size(), 2u);
        EXPECT_TRUE(messages[0].is_deleted);
        EXPECT_EQ(messages[0].data.find("mine"), std::string::npos);
        EXPECT_EQ(messages[0].data.find("Asha"), std::string::npos);
        EXPECT_NE(messages[1].data.find("theirs"), std::string::npos);
        EXPECT_FALSE(messages[1].is_deleted);
    }
    auto const people = read([](Reader& r) { return r.people({kCustomer}); }).value();
    EXPECT_EQ(people.at(0).person.name, "Deleted user");
    EXPECT_TRUE(told_access(sink_).back().is_banned);
}

// More messages of one's own than a step takes, and more of others than it looks at.
TEST_P(StoreContract, K_8_who_wrote_much_is_exported_and_erased_by_steps) {
    auto const mine = open_conversation();
    auto const group = open_group({kCustomer, kProvider});
    for (int i = 0; i < 250; ++i) submit(message(mine, kCustomer, "mine"));
    for (int i = 0; i < 2100; ++i) submit(message(group, kProvider, "theirs"));
    auto const last = post(group, kCustomer, "mine, too").value().pos;

    PersonExport all;
    int pages = 0;
    for (ErasePerson::From from;; from = all.next, ++pages) {
        auto page = read([&](Reader& r) { return r.export_person(kCustomer, from); }).value();
        EXPECT_EQ(page.profile->person.name, "Asha");
        all.next = page.next;
        for (auto& one : page.conversations) all.conversations.push_back(std::move(one));
        for (auto& one : page.messages) all.messages.push_back(std::move(one));
        if (!all.next.conversation) break;
    }
    EXPECT_GE(pages, 3);
    EXPECT_EQ(all.conversations.size(), 2u);
    EXPECT_EQ(all.conversations.at(1).title, "Team");
    ASSERT_EQ(all.messages.size(), 251u);
    EXPECT_EQ(all.messages.back().id, last);

    for (auto const user : {kCustomer, kCustomer, UserId{4711}}) {
        ErasePerson::From from;
        do {
            from = run(ErasePerson{user, from})->next;
        } while (from.conversation);
    }
    auto const messages = history(kProvider, mine).messages;
    EXPECT_TRUE(std::all_of(messages.begin(), messages.end(),
                            [](MessageView const& view) { return view.is_deleted; }));
    EXPECT_TRUE(history(kProvider, group).messages.back().is_deleted);
    EXPECT_FALSE(history(kProvider, group).messages.front().is_deleted);
    auto const events = static_cast<std::int64_t>(sink_.events().size());
    EXPECT_EQ(events, 2 + 251 + 2100 + 251) << "what is erased again makes no event";
}

TEST_P(StoreContract, K_4_the_marketplace_posts_where_it_takes_no_part) {
    auto const id = open_conversation();
    auto system = message(id, UserId{}, "Booking confirmed", "k");
    system.type = MessageType::kSystem;
    auto const first = run(system).value();
    EXPECT_TRUE(frame_has(first.frame, R"("sender":null)"));
    EXPECT_TRUE(run(system)->duplicate);
    EXPECT_EQ(unread(kCustomer, id).count, 1u);
    system.conversation = ConversationId{4711};
    EXPECT_EQ(run(system).error().code, Errc::kNotFound);
    change(id, {}, ConversationChange::kClosed).value();
    system = message(id, UserId{}, "too late");
    EXPECT_EQ(run(system).error().code, Errc::kConversationClosed);
}

TEST_P(StoreContract, I_1_a_name_is_taken_once_and_found_with_its_person) {
    CreateAccount const account{"maya",
                                "hash",
                                {{}, "Maya", "Maya", "Rai", "", Role::kProvider},
                                {"family", "first", clock_.wall() + 1'000}};
    auto const user = run(account)->user;
    EXPECT_TRUE(user);
    EXPECT_EQ(run(account).error().code, Errc::kConflict);
    reopen();
    auto const found = read([](Reader& r) { return r.account("maya"); }).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->password_hash, "hash");
    EXPECT_EQ(found->person.id, user);
    EXPECT_EQ(found->person.last_name, "Rai");
    EXPECT_FALSE(read([](Reader& r) { return r.account("nobody"); }).value());
}

TEST_P(StoreContract, I_3_a_secret_counts_once_and_used_again_ends_its_login_and_tokens) {
    auto const end = clock_.wall() + 1'000'000;
    run(StartLogin{kCustomer, {"one", "s1", end}}).value();
    run(StartLogin{kCustomer, {"two", "t1", end}}).value();
    EXPECT_EQ(run(RotateLogin{"one", "s1", "s2", end})->user, kCustomer);
    EXPECT_TRUE(told_access(sink_).empty());
    EXPECT_FALSE(run(RotateLogin{"one", "s1", "s3", end})->user) << "it was used before";
    ASSERT_EQ(told_access(sink_).size(), 1u);
    EXPECT_EQ(told_access(sink_)[0].user, kCustomer);
    EXPECT_FALSE(run(RotateLogin{"one", "s2", "s3", end})->user) << "the login has ended";
    EXPECT_EQ(run(RotateLogin{"two", "t1", "t2", end})->user, kCustomer) << "others go on";
    EXPECT_FALSE(run(RotateLogin{"none", "s1", "s2", end})->user);
    EXPECT_EQ(told_access(sink_).size(), 1u) << "what was never there revokes nothing";
}

TEST_P(StoreContract, I_3_a_login_that_is_not_used_ends_and_revokes_nothing) {
    run(StartLogin{kCustomer, {"one", "s1", clock_.wall() + 1'000}}).value();
    clock_.advance(1'000);
    EXPECT_FALSE(run(RotateLogin{"one", "s1", "s2", clock_.wall() + 1'000})->user);
    EXPECT_TRUE(told_access(sink_).empty());
}

TEST_P(StoreContract, I_4_a_logout_ends_the_login_whichever_of_its_secrets_is_shown) {
    auto const end = clock_.wall() + 1'000'000;
    run(StartLogin{kCustomer, {"one", "s1", end}}).value();
    run(RotateLogin{"one", "s1", "s2", end}).value();
    run(EndLogin{"none", "s1"}).value();
    EXPECT_TRUE(told_access(sink_).empty());
    run(EndLogin{"one", "s1"}).value();
    EXPECT_EQ(told_access(sink_).size(), 1u);
    EXPECT_FALSE(run(RotateLogin{"one", "s2", "s3", end})->user);
}

}  // namespace sewa::store
