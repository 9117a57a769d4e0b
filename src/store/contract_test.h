#pragma once

#include <algorithm>
#include <set>
#include <thread>

#include "store/contract_fixture.h"

// The rules of the log itself: ST-1 … ST-7, M-2, M-3, R-3 … R-6. An implementation includes this
// page and contract_rules_test.h, and instantiates StoreContract with its harness.

namespace sewa::store {

inline bool frame_has(SharedFrame const& frame, std::string_view text) {
    return frame.payload().find(text) != std::string_view::npos;
}

TEST_P(StoreContract, ST_1_what_was_acknowledged_is_there_after_reopening) {
    auto const id = open_conversation();
    auto const receipt = post(id, kCustomer, "hello").value();

    reopen();

    auto const page = history(kProvider, id);
    ASSERT_EQ(page.messages.size(), 1u);
    EXPECT_EQ(page.messages[0].id, receipt.pos);
    EXPECT_TRUE(page.messages[0].data.find("hello") != std::string::npos);
}

TEST_P(StoreContract, ST_1_epoch_stays_and_positions_go_on_after_reopening) {
    auto const id = open_conversation();
    auto const before = post(id, kCustomer, "one").value();
    auto const state = store_->log_state();

    reopen();

    EXPECT_EQ(store_->log_state().epoch, state.epoch);
    EXPECT_EQ(store_->log_state().head, before.pos);
    auto const after = post(id, kCustomer, "two").value();
    EXPECT_GT(after.pos, before.pos);
    EXPECT_EQ(after.conv_seq.value, before.conv_seq.value + 1);
}

TEST_P(StoreContract, M_2_same_key_returns_the_first_result) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "hello", "k1").value();
    auto const again = post(id, kCustomer, "hello", "k1").value();

    EXPECT_FALSE(first.duplicate);
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.pos, first.pos);
    EXPECT_EQ(again.conv_seq, first.conv_seq);
    EXPECT_EQ(again.created_at, first.created_at);
    EXPECT_EQ(again.frame.payload(), first.frame.payload());
    EXPECT_EQ(history(kCustomer, id).messages.size(), 1u);
}

TEST_P(StoreContract, M_2_same_key_with_another_body_is_a_conflict) {
    auto const id = open_conversation();
    post(id, kCustomer, "hello", "k1").value();
    EXPECT_EQ(post(id, kCustomer, "other", "k1").error().code, Errc::kConflict);
    EXPECT_EQ(history(kCustomer, id).messages.size(), 1u);
}

TEST_P(StoreContract, M_2_same_key_in_one_transaction_is_stored_once) {
    auto const id = open_conversation();
    std::vector<std::uint32_t> slots;
    for (int i = 0; i < 50; ++i) slots.push_back(submit(message(id, kCustomer, "hello", "k1")));

    int stored = 0;
    for (auto const slot : slots) stored += sink_.wait_for(slot).result->duplicate ? 0 : 1;
    EXPECT_EQ(stored, 1);
    EXPECT_EQ(events(kCustomer, id).last_conv_seq.value, 2);
}

TEST_P(StoreContract, M_2_keys_survive_reopening) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "hello", "k1").value();
    reopen();
    auto const again = post(id, kCustomer, "hello", "k1").value();
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.pos, first.pos);
    EXPECT_EQ(post(id, kCustomer, "other", "k1").error().code, Errc::kConflict);
}

TEST_P(StoreContract, M_2_keys_of_different_senders_and_conversations_do_not_meet) {
    auto const id = open_conversation();
    auto const group = open_group({kCustomer, kProvider});
    EXPECT_FALSE(post(id, kCustomer, "hello", "k1")->duplicate);
    EXPECT_FALSE(post(id, kProvider, "hello", "k1")->duplicate);
    EXPECT_FALSE(post(group, kCustomer, "hello", "k1")->duplicate);
}

TEST_P(StoreContract, M_2_a_repeat_is_answered_also_after_the_conversation_closed) {
    auto const id = open_conversation();
    auto const first = post(id, kCustomer, "hello", "k1").value();
    change(id, {}, ConversationChange::kClosed).value();
    EXPECT_EQ(post(id, kCustomer, "hello", "k1")->pos, first.pos);
    EXPECT_EQ(post(id, kCustomer, "new", "k2").error().code, Errc::kConversationClosed);
}

TEST_P(StoreContract, M_3_equal_text_over_the_other_transport_is_one_message) {
    auto const id = open_conversation();
    auto twin = message(id, kCustomer, "hello");
    auto const first = run(twin).value();
    twin.transport = Transport::kRest;
    clock_.advance(2999);

    auto const second = run(twin).value();
    EXPECT_TRUE(second.duplicate);
    EXPECT_EQ(second.pos, first.pos);
    // One stored message absorbs one twin.
    EXPECT_FALSE(run(twin)->duplicate);
}

TEST_P(StoreContract, M_3_a_twin_is_absorbed_once_also_after_reopening) {
    auto const id = open_conversation();
    auto twin = message(id, kCustomer, "hello");
    auto const first = run(twin).value();
    twin.transport = Transport::kRest;
    clock_.advance(1000);
    reopen();

    auto const second = run(twin).value();
    EXPECT_TRUE(second.duplicate);
    EXPECT_EQ(second.pos, first.pos);
    reopen();
    EXPECT_FALSE(run(twin)->duplicate) << "one stored message absorbs one twin";
    twin.transport = Transport::kWebSocket;
    clock_.advance(3001);
    reopen();
    EXPECT_FALSE(run(twin)->duplicate) << "too late";
}

TEST_P(StoreContract, M_3_does_not_touch_what_was_meant_twice) {
    auto const id = open_conversation();
    auto const same_transport = message(id, kCustomer, "ok");
    EXPECT_FALSE(run(same_transport)->duplicate);
    EXPECT_FALSE(run(same_transport)->duplicate);

    auto late = same_transport;
    late.transport = Transport::kRest;
    clock_.advance(3001);
    EXPECT_FALSE(run(late)->duplicate);

    auto other_sender = message(id, kProvider, "ok");
    EXPECT_FALSE(run(other_sender)->duplicate);
    auto keyed = message(id, kProvider, "ok", "k1");
    keyed.transport = Transport::kRest;
    EXPECT_FALSE(run(keyed)->duplicate);
}

TEST_P(StoreContract, ST_3_conv_seq_is_dense_and_pos_ascends) {
    auto const one = open_conversation();
    auto const two = open_group({kCustomer, kProvider});
    for (int i = 0; i < 20; ++i) {
        post(i % 2 == 0 ? one : two, kCustomer, "text " + std::to_string(i)).value();
    }
    Pos last;
    std::unordered_map<ConversationId, std::int64_t> seq;
    for (auto const& event : sink_.events()) {
        EXPECT_GT(event.pos, last);
        last = event.pos;
        EXPECT_EQ(event.conv_seq.value, ++seq[event.conversation]);
    }
}

TEST_P(StoreContract, ST_3_four_submitters_leave_no_hole_and_keep_their_own_order) {
    auto const id = open_group({{1}, {2}, {3}, {4}});
    constexpr int kEach = 300;
    std::vector<std::thread> threads;
    for (int sender = 1; sender <= 4; ++sender) {
        threads.emplace_back([&, sender] {
            for (int i = 0; i < kEach; ++i) {
                auto const text = std::to_string(sender) + "-" + std::to_string(i);
                Write write{message(id, UserId{sender}, text, text), {}};
                while (!store_->submit(write)) std::this_thread::yield();
            }
        });
    }
    for (auto& thread : threads) thread.join();
    post(id, UserId{1}, "last").value();

    std::int64_t seq = 0;
    std::vector<int> next(5, 0);
    for (auto const& event : sink_.events()) {
        if (event.conversation != id) continue;
        EXPECT_EQ(event.conv_seq.value, ++seq);
        auto const sender = static_cast<std::size_t>(event.actor.value);
        if (event.kind != EventKind::kMessage || next[sender] == kEach) continue;
        auto const text = std::to_string(sender) + "-" + std::to_string(next[sender]++);
        EXPECT_TRUE(frame_has(event.frame, "\"" + text + "\"")) << text;
    }
    EXPECT_EQ(seq, 4 * kEach + 2);
}

TEST_P(StoreContract, ST_4_a_refused_write_stores_nothing_and_disturbs_nobody) {
    auto const id = open_conversation();
    auto const good = submit(message(id, kCustomer, "one"));
    auto const bad = submit(message(id, kStranger, "two"));
    auto const next = submit(message(id, kProvider, "three"));

    auto const first = sink_.wait_for(good);
    EXPECT_EQ(first.event_count, 1u);
    auto const refused = sink_.wait_for(bad);
    EXPECT_EQ(refused.result.error().code, Errc::kNotFound);
    EXPECT_EQ(refused.event_count, 0u);
    EXPECT_EQ(sink_.wait_for(next).result->conv_seq.value, first.result->conv_seq.value + 1);
}

TEST_P(StoreContract, ST_7_outcomes_point_at_their_events) {
    auto const before = sink_.batches().size();
    auto const outcome = outcome_of(OpenConversation{kService, kProvider, kCustomer, "first", "k"});
    auto const batch = sink_.batches().at(before);

    ASSERT_EQ(outcome.event_count, 2u);
    auto const& created = batch->events.at(outcome.first_event);
    auto const& message = batch->events.at(outcome.first_event + 1);
    EXPECT_EQ(created.kind, EventKind::kConversation);
    EXPECT_EQ(created.conv_seq.value, 1);
    EXPECT_EQ(message.kind, EventKind::kMessage);
    EXPECT_EQ(message.pos, outcome.result->pos);
    EXPECT_TRUE(outcome.result->conversation_created);
    EXPECT_EQ(batch->head, message.pos);
    EXPECT_TRUE(message.audience->contains(kProvider));
}

TEST_P(StoreContract, R_3_resume_gives_every_missed_event_once_in_order) {
    auto const one = open_conversation();
    auto const two = open_group({kCustomer, kProvider, kStranger});
    auto const foreign = open_group({kProvider, kStranger});
    std::vector<Pos> missed;
    auto const since = store_->log_state().head;
    for (int i = 0; i < 40; ++i) {
        missed.push_back(post(i % 3 == 0 ? one : two, kProvider, "m" + std::to_string(i))->pos);
        post(foreign, kProvider, "not for the customer").value();
    }

    for (std::size_t from = 0; from < missed.size(); ++from) {
        auto const after = from == 0 ? since : missed[from - 1];
        auto const page = resume(kCustomer, after, 1000);
        ASSERT_EQ(page.frames.size(), missed.size() - from);
        EXPECT_FALSE(page.has_more);
        EXPECT_EQ(page.read_at, store_->log_state().head);
        for (std::size_t i = from; i < missed.size(); ++i) {
            EXPECT_EQ(page.frames[i - from].pos, missed[i]);
        }
    }
}

TEST_P(StoreContract, R_3_resume_in_pages_equals_resume_at_once) {
    auto const one = open_conversation();
    auto const two = open_group({kCustomer, kProvider});
    for (int i = 0; i < 25; ++i) {
        post(i % 2 == 0 ? one : two, kProvider, "m" + std::to_string(i)).value();
        if (i % 5 == 0)
            change(one, kCustomer,
                   i % 2 == 0 ? ConversationChange::kPinned : ConversationChange::kUnpinned);
    }
    auto const whole = resume(kCustomer, {}, 1000);
    for (std::uint32_t limit : {1u, 2u, 7u}) {
        std::vector<Pos> seen;
        Pos after;
        for (bool more = true; more;) {
            auto const page = resume(kCustomer, after, limit);
            EXPECT_LE(page.frames.size(), limit);
            for (auto const& frame : page.frames) seen.push_back(frame.pos);
            after = page.read_at;
            more = page.has_more;
        }
        ASSERT_EQ(seen.size(), whole.frames.size());
        for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], whole.frames[i].pos);
    }
}

TEST_P(StoreContract, R_3_frames_of_resume_are_the_frames_sent_live) {
    auto const id = open_conversation();
    auto const message = post(id, kCustomer, "hello \"you\"\n").value();
    run(React{message.pos, kProvider, "👍", ReactionOp::kAdd}).value();
    run(MarkRead{id, kProvider, {99}}).value();
    auto const live = sink_.events();
    auto const page = resume(kCustomer, {});
    ASSERT_EQ(page.frames.size(), live.size());
    for (std::size_t i = 0; i < live.size(); ++i) {
        EXPECT_EQ(page.frames[i].frame.payload(), live[i].frame.payload());
        EXPECT_EQ(page.frames[i].conv_seq, live[i].conv_seq);
    }
}

TEST_P(StoreContract, R_3_a_page_of_long_messages_ends_before_it_is_large) {
    auto const id = open_conversation();
    for (int i = 0; i < 300; ++i) submit(message(id, kProvider, std::string(4000, 'x')));
    post(id, kProvider, "last").value();
    std::size_t pages = 0;
    std::int64_t seq = 0;
    Pos after;
    for (bool more = true; more; ++pages) {
        auto const page = resume(kCustomer, after, 1000);
        std::size_t bytes = 0;
        for (auto const& frame : page.frames) {
            EXPECT_EQ(frame.conv_seq.value, ++seq);
            bytes += frame.frame.payload().size();
        }
        EXPECT_LT(bytes, 520u * 1024);
        after = page.read_at;
        more = page.has_more;
    }
    EXPECT_EQ(seq, 302);
    EXPECT_GT(pages, 2u);
}

TEST_P(StoreContract, R_6_events_are_dense_from_after_and_paged) {
    auto const id = open_conversation();
    for (int i = 0; i < 9; ++i) post(id, kCustomer, "m" + std::to_string(i)).value();
    for (std::int64_t after = 0; after <= 10; ++after) {
        auto const page = events(kProvider, id, {after});
        EXPECT_EQ(page.last_conv_seq.value, 10);
        ASSERT_EQ(page.frames.size(), static_cast<std::size_t>(10 - after));
        for (auto const& frame : page.frames) EXPECT_EQ(frame.conv_seq.value, ++after);
        after -= static_cast<std::int64_t>(page.frames.size());
    }
    auto const page = read([&](Reader& r) { return r.events(kProvider, id, {2}, 3); }).value();
    EXPECT_EQ(page.frames.size(), 3u);
    EXPECT_TRUE(page.has_more);
}

TEST_P(StoreContract, M_12_foreign_and_absent_look_the_same) {
    auto const id = open_conversation();
    auto const mine = post(id, kCustomer, "secret").value();
    for (auto const conversation : {id, ConversationId{4711}}) {
        EXPECT_EQ(post(conversation, kStranger, "hi").error().code, Errc::kNotFound);
        EXPECT_EQ(run(MarkRead{conversation, kStranger, {1}}).error().code, Errc::kNotFound);
        auto const view = read([&](Reader& r) { return r.conversation(kStranger, conversation); });
        EXPECT_EQ(view.error().message, "no such conversation");
        auto const page =
            read([&](Reader& r) { return r.events(kStranger, conversation, {}, 10); });
        EXPECT_EQ(page.error().code, Errc::kNotFound);
    }
    for (auto const message : {mine.pos, Pos{4711}}) {
        EXPECT_EQ(run(EditMessage{message, kStranger, "x"}).error().message, "no such message");
        EXPECT_EQ(run(DeleteMessage{message, kStranger, DeleteScope::kMe}).error().message,
                  "no such message");
        EXPECT_EQ(run(React{message, kStranger, "👍"}).error().message, "no such message");
        auto const view = read([&](Reader& r) { return r.message(kStranger, message); });
        EXPECT_EQ(view.error().message, "no such message");
    }
    EXPECT_TRUE(resume(kStranger, {}).frames.empty());
}

}  // namespace sewa::store
