#pragma once

#include "store/contract_test.h"

// Pages, lists and the directory.

namespace sewa::store {

TEST_P(StoreContract, pages_by_number_cover_the_history_once) {
    auto const id = open_conversation();
    for (int i = 0; i < 23; ++i) {
        auto const message =
            post(id, i % 2 == 0 ? kCustomer : kProvider, std::to_string(i)).value();
        if (i % 3 == 0) run(React{message.pos, kProvider, "👍"}).value();
        if (i % 4 == 0) run(MarkRead{id, kProvider, message.conv_seq}).value();
    }
    for (std::uint32_t size : {1u, 4u, 5u, 23u, 100u}) {
        std::vector<MessageView> all;
        for (std::uint32_t number = 1; all.size() < 23; ++number) {
            auto const page = read([&](Reader& r) {
                                  return r.messages(kProvider, id, {number, size});
                              }).value();
            EXPECT_EQ(page.count, 23u);
            ASSERT_EQ(page.messages.size(), std::min<std::size_t>(size, 23 - all.size()));
            all.insert(all.begin(), page.messages.begin(), page.messages.end());
            EXPECT_EQ(page.has_more, all.size() < 23);
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_NE(all[i].data.find("\"content\":\"" + std::to_string(i) + "\""),
                      std::string::npos);
        }
    }
    auto const beyond = read([&](Reader& r) { return r.messages(kProvider, id, {99, 10}); });
    EXPECT_TRUE(beyond->messages.empty());
}

TEST_P(StoreContract, pages_by_cursor_cover_the_history_once) {
    auto const id = open_conversation();
    for (int i = 0; i < 12; ++i) post(id, kCustomer, std::to_string(i)).value();
    std::vector<ConvSeq> seen;
    ConvSeq before;
    for (bool more = true; more;) {
        auto const page =
            read([&](Reader& r) { return r.messages_before(kProvider, id, before, 5); }).value();
        for (auto it = page.messages.rbegin(); it != page.messages.rend(); ++it) {
            seen.push_back(it->conv_seq);
        }
        before = seen.back();
        more = page.has_more;
    }
    ASSERT_EQ(seen.size(), 12u);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(seen[i].value, 13 - static_cast<std::int64_t>(i));
    }
}

TEST_P(StoreContract, opening_the_same_conversation_again_continues_it) {
    OpenConversation open{kService, kProvider, kCustomer, "hello", "k1", Transport::kRest};
    auto const first = run(open).value();
    EXPECT_TRUE(first.conversation_created);
    auto const again = run(open).value();
    EXPECT_TRUE(again.duplicate);
    EXPECT_FALSE(again.conversation_created);
    EXPECT_EQ(again.pos, first.pos);
    open.initial_message = "another";
    EXPECT_EQ(run(open).error().code, Errc::kConflict);
    open.client_msg_id = "k2";
    EXPECT_EQ(run(open)->conversation, first.conversation);
    EXPECT_EQ(history(kProvider, first.conversation).messages.size(), 2u);
}

TEST_P(StoreContract, only_an_offered_service_opens_a_conversation) {
    OpenConversation open{kService, kProvider, kCustomer, "hello", "k1", Transport::kRest};
    open.service = ServiceId{4711};
    EXPECT_EQ(run(open).error().field, "service_id");
    open.service = kService;
    open.provider = kStranger;
    EXPECT_EQ(run(open).error().field, "provider_id");
    open.provider = open.customer = kProvider;
    EXPECT_EQ(run(open).error().code, Errc::kBadRequest);
    EXPECT_EQ(run(CreateGroup{"x", {kCustomer, kCustomer}, {}}).error().code, Errc::kBadRequest);
    EXPECT_TRUE(sink_.events().empty());
}

TEST_P(StoreContract, the_list_is_newest_activity_first_and_filtered) {
    auto const direct = open_conversation();
    auto const group = open_group({kCustomer, kProvider, kStranger});
    post(direct, kProvider, "Tap water").value();
    post(group, kProvider, "Roof").value();
    run(MarkRead{direct, kCustomer, {99}}).value();
    auto const list = [&](ConversationFilter const& filter) {
        std::vector<ConversationId> ids;
        auto const page = read([&](Reader& r) { return r.conversations(kCustomer, filter, {}); });
        for (auto const& view : page->conversations) ids.push_back(view.id);
        EXPECT_EQ(page->count, ids.size());
        return ids;
    };
    using Ids = std::vector<ConversationId>;
    EXPECT_EQ(list({}), (Ids{group, direct}));
    EXPECT_EQ(list({.has_unread = true}), Ids{group});
    EXPECT_EQ(list({.has_unread = false}), Ids{direct});
    EXPECT_EQ(list({.search = "tap"}), Ids{direct});
    EXPECT_EQ(list({.search = "TEAM"}), Ids{group});
    EXPECT_EQ(list({.search = "plumb"}), Ids{direct});
    EXPECT_EQ(list({.search = "gurung"}), (Ids{group, direct}));
    EXPECT_EQ(list({.search = "asha"}), Ids{});  // One's own name finds nothing.
    change(group, {}, ConversationChange::kClosed).value();
    EXPECT_EQ(list({.is_active = true}), Ids{direct});
    change(direct, kCustomer, ConversationChange::kArchived).value();
    EXPECT_EQ(list({}), Ids{group});
    EXPECT_EQ(list({.archived = true}), Ids{direct});
    auto const second = read([&](Reader& r) { return r.conversations(kProvider, {}, {2, 1}); });
    EXPECT_EQ(second->count, 2u);
    EXPECT_EQ(second->conversations.at(0).id, direct);
}

TEST_P(StoreContract, a_conversation_view_tells_all) {
    auto const id = open_conversation();
    post(id, kProvider, "hello").value();
    change(id, kProvider, ConversationChange::kArchived).value();
    auto const view = read([&](Reader& r) { return r.conversation(kCustomer, id); }).value();
    EXPECT_EQ(view.kind, ConversationKind::kDirect);
    EXPECT_EQ(view.service->title, "Plumbing");
    EXPECT_EQ(view.provider, kProvider);
    EXPECT_EQ(view.customer, kCustomer);
    EXPECT_EQ(view.participants.at(0).name, "Asha");  // The caller first.
    EXPECT_EQ(view.participants.at(1).role, Role::kProvider);
    EXPECT_EQ(view.participant_count, 2u);
    EXPECT_EQ(view.last_conv_seq.value, 2);
    EXPECT_EQ(view.last_message->sender, kProvider);
    EXPECT_EQ(view.last_message->created_at, clock_.wall());
    auto const posted_at = clock_.wall();
    clock_.advance(1000);
    run(MarkRead{id, kCustomer, {2}}).value();
    auto const later = read([&](Reader& r) { return r.conversation(kCustomer, id); }).value();
    EXPECT_EQ(later.last_message->created_at, posted_at);
    EXPECT_EQ(later.updated_at, clock_.wall());
    EXPECT_EQ(view.unread_count, 1u);
    EXPECT_TRUE(view.provider_archived);
    EXPECT_FALSE(view.customer_archived || view.is_archived);
    EXPECT_EQ(view.markers.size(), 2u);
}

TEST_P(StoreContract, markers_of_a_conversation_are_those_of_who_takes_part) {
    auto const id = open_group({kCustomer, kProvider, kStranger});
    post(id, kCustomer, "hello").value();
    run(MarkRead{id, kProvider, {2}}).value();
    run(MarkDelivered{id, kStranger, {1}}).value();
    auto const markers = [&] { return read([&](Reader& r) { return r.markers(id); }).value(); };
    ASSERT_EQ(markers().size(), 3u);
    EXPECT_EQ(markers().at(1).user, kProvider);
    EXPECT_EQ(markers().at(1).read_up_to.value, 2);
    EXPECT_EQ(markers().at(2).read_up_to.value, 0);
    EXPECT_EQ(markers().at(2).delivered_up_to.value, 1);
    change(id, {}, ConversationChange::kParticipantRemoved, kStranger).value();
    EXPECT_EQ(markers().size(), 2u);
}

TEST_P(StoreContract, people_and_partners) {
    open_conversation();
    auto const group = open_group({kCustomer, kStranger, {11}, {12}});
    post(group, kCustomer, "hi").value();
    auto const partners = read([&](Reader& r) { return r.partners(kCustomer, 10); }).value();
    EXPECT_EQ(partners, (std::vector<UserId>{kStranger, {11}, {12}, kProvider}));
    EXPECT_EQ(read([&](Reader& r) { return r.partners(kCustomer, 2); })->size(), 2u);

    run(TouchLastSeen{kProvider, {5000}}).value();
    EXPECT_TRUE(run(TouchLastSeen{kProvider, {4000}})->duplicate);
    auto const people = read([&](Reader& r) {
                            return r.people({kProvider, {4711}, kCustomer});
                        }).value();
    ASSERT_EQ(people.size(), 2u);
    EXPECT_EQ(people[0].last_seen->value, 5000);
    EXPECT_EQ(people[0].person.first_name, "Bina");
    EXPECT_FALSE(people[1].last_seen);
    EXPECT_EQ(read([](Reader& r) { return r.services(10); })->at(0).slug, "plumbing");
}

TEST_P(StoreContract, a_new_name_is_in_the_next_message) {
    auto const id = open_conversation();
    EXPECT_TRUE(frame_has(post(id, kCustomer, "one")->frame, R"("name":"Asha")"));
    Person const renamed{kCustomer, "Maya", "Maya", "Rai", "", Role::kCustomer};
    EXPECT_FALSE(run(UpsertPerson{renamed})->duplicate);
    EXPECT_TRUE(run(UpsertPerson{renamed})->duplicate);
    EXPECT_TRUE(frame_has(post(id, kCustomer, "two")->frame, R"("name":"Maya")"));
}

TEST_P(StoreContract, pages_after_a_place_cover_the_history_once) {
    auto const id = open_conversation();
    for (int i = 0; i < 12; ++i) post(id, kCustomer, std::to_string(i)).value();
    ConvSeq after;
    std::int64_t expected = 2;
    for (bool more = true; more;) {
        auto const page =
            read([&](Reader& r) { return r.messages_after(kProvider, id, after, 5); }).value();
        for (auto const& view : page.messages) EXPECT_EQ(view.conv_seq.value, expected++);
        after = page.messages.back().conv_seq;
        more = page.has_more;
    }
    EXPECT_EQ(expected, 14);
    change(id, kCustomer, ConversationChange::kDeleted).value();
    EXPECT_TRUE(
        read([&](Reader& r) { return r.messages_after(kCustomer, id, {}, 5); })->messages.empty());
    EXPECT_EQ(read([&](Reader& r) { return r.messages_after(kStranger, id, {}, 5); }).error().code,
              Errc::kNotFound);
}

TEST_P(StoreContract, participants_of_a_group_come_in_pages) {
    std::vector<UserId> users;
    for (int i = 1; i <= 45; ++i) users.push_back(UserId{i});
    auto const id = open_group(users);
    change(id, {}, ConversationChange::kParticipantRemoved, UserId{45}).value();
    std::vector<UserId> seen;
    for (std::uint32_t number = 1; number <= 3; ++number) {
        auto const page = read([&](Reader& r) {
                              return r.participants(UserId{1}, id, {number, 20});
                          }).value();
        EXPECT_EQ(page.count, 44u);
        for (auto const& person : page.people) seen.push_back(person.id);
    }
    users.pop_back();
    EXPECT_EQ(seen, users);
    EXPECT_EQ(read([&](Reader& r) {
                  return r.participants({99}, id, {1, 20});
              })
                  .error()
                  .code,
              Errc::kNotFound);
}

TEST_P(StoreContract, a_flag_is_seen_by_its_user_alone) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "rude").value();
    auto const before = store_->log_state().head;
    EXPECT_EQ(run(FlagMessage{message.pos, kCustomer, ""}).error().code, Errc::kForbidden);
    EXPECT_EQ(run(FlagMessage{message.pos, kStranger, ""}).error().code, Errc::kNotFound);
    EXPECT_EQ(run(FlagMessage{{4711}, kProvider, ""}).error().code, Errc::kNotFound);
    run(FlagMessage{message.pos, kProvider, "insult"}).value();
    run(FlagMessage{message.pos, kProvider, "insult, again"}).value();
    reopen();
    EXPECT_TRUE(history(kProvider, id).messages.at(0).is_flagged);
    EXPECT_FALSE(history(kCustomer, id).messages.at(0).is_flagged);
    EXPECT_EQ(store_->log_state().head, before) << "nobody is told";
    run(DeleteMessage{message.pos, kCustomer, DeleteScope::kAll}).value();
    EXPECT_EQ(run(FlagMessage{message.pos, kProvider, ""}).error().code, Errc::kNotFound);
}

}  // namespace sewa::store
