#pragma once

#include "store/contract_test.h"

// What writes do to the state: M-7 … M-12, membership, personal events, lists.

namespace sewa::store {

inline constexpr UserId kFriend{10};

TEST_P(StoreContract, M_7_an_edit_shows_in_history_and_keeps_the_first_frame_in_the_log) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "hello").value();
    clock_.advance(3'600'000);
    auto const edit = run(EditMessage{first.pos, kCustomer, "hello \"there\""}).value();

    auto const view = history(kProvider, id).messages.at(0);
    EXPECT_NE(view.data.find(R"("content":"hello \"there\"","text":"hello \"there\"")"),
              std::string::npos);
    EXPECT_EQ(view.rev, 1u);
    EXPECT_EQ(view.edited_at->value, clock_.wall().value);
    EXPECT_EQ(view.id, first.pos);
    auto const frames = events(kProvider, id, {1}).frames;
    EXPECT_TRUE(frame_has(frames.at(0).frame, R"("content":"hello")"));
    EXPECT_EQ(frames.at(1).frame.payload(), edit.frame.payload());
    EXPECT_EQ(run(EditMessage{first.pos, kCustomer, "again"})->conv_seq.value, 4);
    EXPECT_EQ(history(kProvider, id).messages.at(0).rev, 2u);
}

TEST_P(StoreContract, M_7_a_repeated_edit_stores_nothing) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "hello").value();
    run(EditMessage{first.pos, kCustomer, "changed"}).value();
    EXPECT_TRUE(run(EditMessage{first.pos, kCustomer, "changed"})->duplicate);
    EXPECT_EQ(events(kCustomer, id).last_conv_seq.value, 3);
}

TEST_P(StoreContract, M_7_only_the_sender_edits_and_deletes_for_everyone) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "hello").value();
    EXPECT_EQ(run(EditMessage{first.pos, kProvider, "x"}).error().code, Errc::kForbidden);
    EXPECT_EQ(run(DeleteMessage{first.pos, kProvider, DeleteScope::kAll}).error().code,
              Errc::kForbidden);
}

TEST_P(StoreContract, M_7_delete_for_everyone_ends_after_fifteen_minutes) {
    auto const id = open_conversation();
    auto const in_time = post(id, kCustomer, "one").value();
    auto const late = post(id, kCustomer, "two").value();
    clock_.advance(15 * 60 * 1000);
    EXPECT_TRUE(run(DeleteMessage{in_time.pos, kCustomer, DeleteScope::kAll}));
    clock_.advance(1);
    EXPECT_EQ(run(DeleteMessage{late.pos, kCustomer, DeleteScope::kAll}).error().code,
              Errc::kEditWindowPassed);
    EXPECT_TRUE(run(DeleteMessage{late.pos, kCustomer, DeleteScope::kMe}));
}

TEST_P(StoreContract, M_7_after_a_delete_for_everyone_the_text_is_gone_everywhere) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "secret-one", "k1").value();
    run(EditMessage{message.pos, kCustomer, "secret-two"}).value();
    run(React{message.pos, kProvider, "👍"}).value();
    auto const deletion = run(DeleteMessage{message.pos, kCustomer, DeleteScope::kAll}).value();
    EXPECT_TRUE(run(DeleteMessage{message.pos, kCustomer, DeleteScope::kAll})->duplicate);

    for (auto const user : {kCustomer, kProvider}) {
        auto const view = history(user, id).messages.at(0);
        EXPECT_TRUE(view.is_deleted);
        EXPECT_EQ(view.data.find("secret"), std::string::npos);
        EXPECT_NE(view.data.find(R"("message_type":"deleted")"), std::string::npos);
        EXPECT_NE(view.data.find(R"("client_msg_id":"k1")"), std::string::npos);
        EXPECT_TRUE(view.reactions.empty());
        std::int64_t seq = 0;
        for (auto const& frame : resume(user, {}).frames) {
            EXPECT_FALSE(frame_has(frame.frame, "secret")) << frame.frame.payload();
            EXPECT_EQ(frame.conv_seq.value, ++seq);
        }
        EXPECT_EQ(seq, deletion.conv_seq.value);
    }
    auto const repeat = post(id, kCustomer, "secret-one", "k1").value();
    EXPECT_TRUE(repeat.duplicate);
    EXPECT_FALSE(frame_has(repeat.frame, "secret"));
    EXPECT_EQ(run(EditMessage{message.pos, kCustomer, "new"}).error().code, Errc::kNotFound);
}

TEST_P(StoreContract, M_7_delete_for_me_hides_from_me_only) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "hello").value();
    auto const hidden = outcome_of(DeleteMessage{message.pos, kProvider, DeleteScope::kMe});
    EXPECT_EQ(hidden.event_count, 1u);
    EXPECT_TRUE(run(DeleteMessage{message.pos, kProvider, DeleteScope::kMe})->duplicate);

    EXPECT_TRUE(history(kProvider, id).messages.at(0).is_deleted_for_user);
    EXPECT_FALSE(history(kCustomer, id).messages.at(0).is_deleted_for_user);
    EXPECT_EQ(unread(kProvider, id).count, 0u);
    EXPECT_EQ(resume(kProvider, message.pos).frames.size(), 1u);
    EXPECT_TRUE(resume(kCustomer, message.pos).frames.empty());
}

TEST_P(StoreContract, M_8_reactions_are_a_set) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "hello").value().pos;
    EXPECT_FALSE(run(React{message, kProvider, "👍", ReactionOp::kAdd})->duplicate);
    EXPECT_TRUE(run(React{message, kProvider, "👍", ReactionOp::kAdd})->duplicate);
    EXPECT_FALSE(run(React{message, kCustomer, "👍", ReactionOp::kAdd})->duplicate);
    EXPECT_TRUE(run(React{message, kProvider, "🎉", ReactionOp::kRemove})->duplicate);

    auto const reactions = history(kCustomer, id).messages.at(0).reactions;
    ASSERT_EQ(reactions.size(), 1u);
    EXPECT_EQ(reactions[0].emoji, "👍");
    EXPECT_EQ(reactions[0].users, (std::vector<UserId>{kCustomer, kProvider}));
    EXPECT_FALSE(run(React{message, kProvider, "👍", ReactionOp::kRemove})->duplicate);
    EXPECT_EQ(history(kCustomer, id).messages.at(0).reactions[0].users.size(), 1u);
    EXPECT_EQ(events(kCustomer, id).last_conv_seq.value, 5);
}

TEST_P(StoreContract, M_8_a_message_takes_a_bounded_number_of_reactions) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "hello").value().pos;
    std::vector<std::uint32_t> slots;
    for (int i = 0; i < 2001; ++i) {
        slots.push_back(submit(React{message, kProvider, "e" + std::to_string(i)}));
    }
    EXPECT_TRUE(sink_.wait_for(slots[1999]).result);
    EXPECT_EQ(sink_.wait_for(slots[2000]).result.error().field, "emoji");
    EXPECT_TRUE(run(React{message, kProvider, "e7", ReactionOp::kRemove}));
    EXPECT_TRUE(run(React{message, kProvider, "e7"}));
}

TEST_P(StoreContract, M_9_read_moves_forward_only_and_is_clamped) {
    auto const id = open_conversation();
    for (int i = 0; i < 3; ++i) post(id, kCustomer, "m" + std::to_string(i)).value();
    auto const own_marker = [&] {
        return read([&](Reader& r) { return r.conversation(kProvider, id); })->markers.at(0);
    };
    EXPECT_FALSE(run(MarkRead{id, kProvider, {3}})->duplicate);
    EXPECT_EQ(own_marker().read_up_to.value, 3);
    EXPECT_EQ(own_marker().delivered_up_to.value, 3);
    EXPECT_TRUE(run(MarkRead{id, kProvider, {2}})->duplicate);
    EXPECT_EQ(own_marker().read_up_to.value, 3);

    auto const all = run(MarkRead{id, kProvider, {1'000'000}}).value();
    EXPECT_TRUE(frame_has(all.frame, R"("up_to":5)"));
    EXPECT_EQ(own_marker().read_up_to.value, 5);
    auto const delivered = run(MarkDelivered{id, kProvider, {2}}).value();
    EXPECT_TRUE(delivered.duplicate);
    EXPECT_FALSE(delivered.pos);
    EXPECT_EQ(own_marker().delivered_up_to.value, 5);
}

TEST_P(StoreContract, M_10_reply_to_names_a_message_of_the_same_conversation) {
    auto const id = open_conversation();
    auto const group = open_group({kCustomer, kProvider});
    auto const here = post(id, kCustomer, "here").value().pos;
    auto const there = post(group, kCustomer, "there").value().pos;
    auto const created = events(kCustomer, id).frames.at(0).pos;
    auto reply = message(id, kProvider, "reply");
    reply.reply_to = here;
    EXPECT_TRUE(frame_has(run(reply)->frame, "\"reply_to\":" + std::to_string(here.value)));
    for (auto const wrong : {there, created, Pos{4711}}) {
        reply.reply_to = wrong;
        EXPECT_EQ(run(reply).error().code, Errc::kBadRequest);
        EXPECT_EQ(run(reply).error().field, "reply_to");
    }
}

TEST_P(StoreContract, M_11_unread_counts_messages_of_others_after_my_marker) {
    auto const id = open_conversation();
    auto const group = open_group({kCustomer, kProvider});
    auto const first = post(id, kCustomer, "one").value();
    auto const second = post(id, kCustomer, "two").value();
    post(id, kProvider, "mine").value();
    post(group, kCustomer, "elsewhere").value();
    run(React{first.pos, kCustomer, "👍"}).value();
    EXPECT_EQ(unread(kProvider, id).count, 2u);
    EXPECT_EQ(unread(kProvider, id).total, 3u);

    run(DeleteMessage{second.pos, kCustomer, DeleteScope::kAll}).value();
    EXPECT_EQ(unread(kProvider, id).count, 1u);
    run(MarkRead{id, kProvider, first.conv_seq}).value();
    EXPECT_EQ(unread(kProvider, id).count, 0u);
    EXPECT_EQ(unread(kProvider, id).total, 1u);
    EXPECT_EQ(unread(kCustomer, id).count, 1u);
}

TEST_P(StoreContract, a_removed_participant_gets_the_removal_and_nothing_after) {
    auto const id = open_group({kCustomer, kProvider, kFriend});
    post(id, kCustomer, "before").value();
    auto const removal =
        outcome_of(ChangeConversation{id, {}, ConversationChange::kParticipantRemoved, kFriend});
    auto const event = sink_.batches().back()->events.at(removal.first_event);
    EXPECT_EQ(event.also_for, kFriend);
    EXPECT_FALSE(event.audience->contains(kFriend));
    auto const after = post(id, kCustomer, "after").value();

    EXPECT_FALSE(sink_.events().back().audience->contains(kFriend));
    EXPECT_EQ(resume(kFriend, {}).frames.back().pos, removal.result->pos);
    EXPECT_TRUE(resume(kFriend, removal.result->pos).frames.empty());
    EXPECT_EQ(post(id, kFriend, "hi").error().code, Errc::kNotParticipant);
    auto const page = read([&](Reader& r) { return r.events(kFriend, id, {}, 10); });
    EXPECT_EQ(page.error().code, Errc::kNotParticipant);
    auto const view = read([&](Reader& r) { return r.message(kFriend, after.pos); });
    EXPECT_EQ(view.error().code, Errc::kNotParticipant);
    EXPECT_EQ(read([&](Reader& r) { return r.conversations(kFriend, {}, {}); })->count, 0u);
}

TEST_P(StoreContract, membership_survives_reopening_and_coming_back) {
    auto const id = open_group({kCustomer, kProvider});
    EXPECT_FALSE(change(id, {}, ConversationChange::kParticipantAdded, kFriend)->duplicate);
    EXPECT_TRUE(change(id, {}, ConversationChange::kParticipantAdded, kFriend)->duplicate);
    reopen();
    EXPECT_TRUE(post(id, kFriend, "hello"));
    change(id, {}, ConversationChange::kParticipantRemoved, kFriend).value();
    EXPECT_TRUE(change(id, {}, ConversationChange::kParticipantRemoved, kFriend)->duplicate);
    reopen();
    EXPECT_EQ(post(id, kFriend, "hello").error().code, Errc::kNotParticipant);
    change(id, {}, ConversationChange::kParticipantAdded, kFriend).value();
    EXPECT_TRUE(post(id, kFriend, "back"));
    auto const audience = read([&](Reader& r) { return r.audience(id); }).value();
    EXPECT_EQ(audience->participants, (std::vector<UserId>{kCustomer, kProvider, kFriend}));
    EXPECT_EQ(audience->version, sink_.events().back().audience->version);
}

TEST_P(StoreContract, closed_and_blocked_conversations_take_no_messages) {
    auto const id = open_conversation();
    using enum ConversationChange;
    EXPECT_FALSE(change(id, {}, kClosed)->duplicate);
    EXPECT_TRUE(change(id, {}, kClosed)->duplicate);
    EXPECT_EQ(post(id, kCustomer, "x").error().code, Errc::kConversationClosed);
    reopen();
    EXPECT_EQ(post(id, kCustomer, "x").error().code, Errc::kConversationClosed);
    change(id, {}, kReopened).value();
    EXPECT_TRUE(post(id, kCustomer, "x"));
    change(id, kCustomer, kBlocked).value();
    EXPECT_EQ(post(id, kProvider, "y").error().code, Errc::kBlocked);
    EXPECT_TRUE(read([&](Reader& r) { return r.conversation(kCustomer, id); })->is_blocked);
    change(id, kCustomer, kUnblocked).value();
    EXPECT_TRUE(post(id, kProvider, "y"));
}

TEST_P(StoreContract, personal_changes_reach_their_user_only) {
    auto const id = open_conversation();
    using enum ConversationChange;
    auto const before = store_->log_state().head;
    for (auto const what : {kMuted, kUnmuted, kArchived, kUnarchived, kPinned, kMuted}) {
        EXPECT_FALSE(change(id, kCustomer, what)->duplicate);
        EXPECT_TRUE(change(id, kCustomer, what)->duplicate);
    }
    EXPECT_EQ(change(id, kStranger, kPinned).error().code, Errc::kNotFound);

    auto const mine = resume(kCustomer, before).frames;
    EXPECT_EQ(mine.size(), 6u);
    EXPECT_FALSE(mine.at(0).conv_seq);
    EXPECT_TRUE(resume(kProvider, before).frames.empty());
    EXPECT_EQ(events(kCustomer, id).last_conv_seq.value, 1);
    EXPECT_EQ(sink_.events().back().only_for, kCustomer);
    auto const view = read([&](Reader& r) { return r.conversation(kCustomer, id); }).value();
    EXPECT_TRUE(view.is_pinned && view.is_muted && !view.is_archived);
    auto const other = read([&](Reader& r) { return r.conversation(kProvider, id); }).value();
    EXPECT_FALSE(other.is_pinned || other.is_muted);
}

TEST_P(StoreContract, a_deleted_conversation_comes_back_with_the_next_message) {
    auto const id = open_conversation();
    post(id, kProvider, "old").value();
    change(id, kCustomer, ConversationChange::kDeleted).value();
    auto const listed = [&](UserId user) {
        return read([&](Reader& r) { return r.conversations(user, {}, {}); })->count;
    };
    EXPECT_EQ(listed(kCustomer), 0u);
    EXPECT_EQ(listed(kProvider), 1u);
    EXPECT_TRUE(history(kCustomer, id).messages.empty());
    EXPECT_EQ(unread(kCustomer, id).total, 0u);

    post(id, kProvider, "new").value();
    EXPECT_EQ(listed(kCustomer), 1u);
    auto const page = read([&](Reader& r) { return r.messages(kCustomer, id, {1, 10}); }).value();
    EXPECT_EQ(page.count, 1u);
    EXPECT_EQ(page.messages.size(), 1u);
    EXPECT_EQ(history(kProvider, id).messages.size(), 2u);
}

TEST_P(StoreContract, only_groups_have_a_title_and_a_new_one_is_an_event) {
    auto const rename = [&](ConversationId id, std::string title) {
        return run(ChangeConversation{id, kCustomer, ConversationChange::kRenamed, {}, title});
    };
    auto const group = open_group({kCustomer, kProvider});
    auto const renamed = rename(group, "Weekend").value();
    EXPECT_FALSE(renamed.duplicate);
    EXPECT_TRUE(rename(group, "Weekend")->duplicate);
    EXPECT_EQ(rename(group, "").error().field, "title");
    EXPECT_EQ(rename(open_conversation(), "x").error().field, "title");
    EXPECT_EQ(change(group, kCustomer, ConversationChange::kCreated).error().field, "change");
    auto const events = this->events(kProvider, group);
    ASSERT_FALSE(events.frames.empty());
    EXPECT_TRUE(frame_has(events.frames.back().frame, "Weekend"));
}

TEST_P(StoreContract, the_log_is_read_by_pages_with_those_who_take_part) {
    auto const id = open_conversation();
    for (int i = 0; i < 3; ++i) post(id, kCustomer, "text").value();
    run(MarkRead{id, kProvider, ConvSeq{2}}).value();
    Pos after{};
    std::size_t seen = 0;
    for (bool is_full = true; is_full;) {
        auto const page = read([&](Reader& r) { return r.log_after(after, 2); }).value();
        for (auto const& entry : page.entries) {
            EXPECT_GT(entry.pos, after);
            EXPECT_EQ(entry.participants.size(), 2u);
            after = entry.pos;
        }
        seen += page.entries.size();
        is_full = page.entries.size() == 2;
        EXPECT_GE(page.read_at, after);
    }
    EXPECT_GE(seen, 4u) << "opened, and three messages";
    EXPECT_FALSE(read([](Reader& r) { return r.webhook_cursor(); }).value());
    run(SaveWebhookCursor{after}).value();
    reopen();
    EXPECT_EQ(read([](Reader& r) { return r.webhook_cursor(); }).value(), after);
}

}  // namespace sewa::store
