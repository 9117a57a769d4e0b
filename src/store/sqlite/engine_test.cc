#include "store/sqlite/engine.h"

#include <gtest/gtest.h>

#include "store/sqlite/reader.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr std::int64_t kDayMs = 24 * 3600 * 1000;

class EngineTest : public testing::Test {
protected:
    void SetUp() override {
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
        id_ = run(CreateGroup{"", {{1}, {2}}, {}})->conversation;
    }

    Result<Receipt> run(Command command) {
        std::vector<Write> writes{{std::move(command), {}}};
        return engine_->apply(writes)->outcomes.at(0).result;
    }
    Result<Receipt> post(std::string text, std::string key = {}) {
        return run(PostMessage{.conversation = id_,
                               .sender = {1},
                               .content = std::move(text),
                               .client_msg_id = std::move(key),
                               .reply_to = {},
                               .type = MessageType::kText,
                               .transport = Transport::kWebSocket,
                               .attachments = {}});
    }
    void change_file(char const* sql) {
        auto const db = Database::open({.path = folder_.file()}).value();
        ASSERT_TRUE(db->exec(sql)) << db->failure_text();
    }
    void prune_all() {
        while (engine_->prune(30 * kDayMs, 3)->has_more) {
        }
    }
    void reopen() {
        engine_.reset();
        engine_ = Engine::open(folder_.file(), clock_, random_).value();
    }

    TemporaryFolder folder_;
    ManualClock clock_;
    SeededRandom random_{1};
    std::unique_ptr<Engine> engine_;
    ConversationId id_;
};

TEST_F(EngineTest, an_edit_of_a_damaged_message_is_refused_and_the_message_read_as_empty) {
    auto const message = post("soon damaged")->pos;
    change_file("UPDATE events SET frame = 'damaged' WHERE kind = 1");
    auto const edited = run(EditMessage{message, {1}, "new"});
    ASSERT_FALSE(edited);
    EXPECT_EQ(edited.error().code, Errc::kUnavailable);
    auto const page = open_reader(folder_.file()).value()->messages({2}, id_, {}).value();
    EXPECT_EQ(page.messages.at(0).data, "{}");
}

TEST_F(EngineTest, R_7_old_events_go_and_messages_stay) {
    std::vector<Pos> messages;
    for (int i = 0; i < 10; ++i) {
        messages.push_back(post("m" + std::to_string(i))->pos);
        run(React{messages.back(), {2}, "👍"}).value();
    }
    run(ChangeConversation{id_, {1}, ConversationChange::kPinned, {}, {}}).value();
    clock_.advance(31 * kDayMs);
    auto const last_reaction = run(React{messages[0], {2}, "🎉"})->pos;
    prune_all();

    auto reader = open_reader(folder_.file()).value();
    auto const page = reader->messages({2}, id_, {1, 4}).value();
    EXPECT_EQ(page.count, 10u);
    EXPECT_EQ(page.messages.back().id, messages[9]);
    EXPECT_EQ(reader->messages({2}, id_, {3, 4})->messages.front().id, messages[0]);
    EXPECT_EQ(page.messages.back().reactions.size(), 1u);
    auto const state = engine_->log_state();
    EXPECT_EQ(state.floor.value, messages[9].value + 2);  // The pin.
    EXPECT_LT(state.floor, last_reaction);
    EXPECT_EQ(reader->log_state()->floor, state.floor);
    EXPECT_EQ(reader->resume({2}, state.floor, 10)->frames.size(), 1u);
    EXPECT_EQ(reader->resume({2}, {}, 100)->frames.size(), 11u);
}

TEST_F(EngineTest, R_6_a_client_below_the_floor_needs_a_snapshot) {
    auto const message = post("hello").value();                       // conv_seq 2
    auto const reaction = run(React{message.pos, {2}, "👍"}).value();  // 3
    post("later").value();                                            // 4
    clock_.advance(31 * kDayMs);
    prune_all();
    auto reader = open_reader(folder_.file()).value();
    for (std::int64_t after = 0; after < reaction.conv_seq.value; ++after) {
        auto const page = reader->events({2}, id_, {after}, 10).value();
        EXPECT_TRUE(page.snapshot_required);
        EXPECT_TRUE(page.frames.empty());
    }
    auto const page = reader->events({2}, id_, reaction.conv_seq, 10).value();
    EXPECT_FALSE(page.snapshot_required);
    EXPECT_EQ(page.frames.size(), 1u);
}

TEST_F(EngineTest, a_position_is_never_used_again_after_the_newest_event_left) {
    auto const message = post("hello").value();
    auto const reaction = run(React{message.pos, {2}, "👍"}).value();
    clock_.advance(31 * kDayMs);
    prune_all();
    reopen();
    EXPECT_EQ(engine_->log_state().head, reaction.pos);
    auto const next = post("next").value();
    EXPECT_GT(next.pos, reaction.pos);
    EXPECT_EQ(next.conv_seq.value, reaction.conv_seq.value + 1);
}

TEST_F(EngineTest, two_engines_with_the_same_seed_write_the_same_log) {
    auto const play = [](std::string const& path) {
        ManualClock clock;
        SeededRandom random(7);
        auto engine = Engine::open(path, clock, random).value();
        auto const keeper = open_reader(path).value();
        std::vector<Write> writes{{CreateGroup{"", {{1}, {2}}, {}}, {}}};
        engine->apply(writes);
        std::string log = engine->log_state().epoch;
        for (int i = 0; i < 5; ++i) {
            writes = {{MarkRead{{1}, {2}, {i}}, {}}, {MarkRead{{1}, {1}, {i}}, {}}};
            auto const batch = engine->apply(writes);
            for (auto const& event : batch->events) log += event.frame.payload();
            clock.advance(10);
        }
        return log;
    };
    EXPECT_EQ(play("file:/one?vfs=memdb"), play("file:/two?vfs=memdb"));
}

TEST_F(EngineTest, a_database_in_memory_survives_the_engine_while_a_reader_holds_it) {
    std::string const path = "file:/kept?vfs=memdb";
    auto engine = Engine::open(path, clock_, random_).value();
    std::vector<Write> writes{{CreateGroup{"", {{1}, {2}}, {}}, {}}};
    engine->apply(writes);
    auto const reader = open_reader(path).value();
    auto const state = engine->log_state();
    engine.reset();
    engine = Engine::open(path, clock_, random_).value();
    EXPECT_EQ(engine->log_state().epoch, state.epoch);
    EXPECT_EQ(engine->log_state().head, state.head);
    EXPECT_EQ(reader->events({1}, {1}, {}, 10)->frames.size(), 1u);
}

TEST_F(EngineTest, M_7_a_deleted_text_is_nowhere_in_the_file) {
    auto const message = post("very-secret-text").value();
    run(EditMessage{message.pos, {1}, "still-secret-text"}).value();
    run(DeleteMessage{message.pos, {1}, DeleteScope::kAll}).value();
    EXPECT_TRUE(engine_->checkpoint(Database::Checkpoint::kTruncate));

    std::string const command = "grep -c secret-text " + folder_.path() + "/* > /dev/null";
    EXPECT_NE(std::system(command.c_str()), 0);
}

TEST_F(EngineTest, ST_4_a_command_that_trips_over_a_bug_of_ours_fails_alone) {
    change_file(
        "CREATE TRIGGER planted BEFORE INSERT ON reactions "
        "BEGIN SELECT RAISE(ABORT, 'planted'); END");
    auto const message = post("first").value();
    PostMessage const good{.conversation = id_, .sender = {1}, .content = "good"};
    PostMessage const late{.conversation = id_, .sender = {2}, .content = "late"};
    std::vector<Write> writes{{good, {}}, {React{message.pos, {2}, "👍"}, {}}, {late, {}}};
    auto const batch = engine_->apply(writes);
    EXPECT_EQ(batch->outcomes.at(1).result.error().code, Errc::kInternal);
    EXPECT_EQ(batch->outcomes.at(1).event_count, 0u);
    EXPECT_NE(engine_->last_failure().find("planted"), std::string::npos);
    ASSERT_EQ(batch->events.size(), 2u);
    EXPECT_EQ(batch->events.at(1).conv_seq.value, message.conv_seq.value + 2);
    EXPECT_EQ(batch->outcomes.at(2).first_event, 1u);
}

TEST_F(EngineTest, ST_3_where_the_file_is_not_what_the_writer_remembers_it_refuses_once) {
    auto const before = post("one").value();
    change_file("UPDATE conversations SET last_seq = last_seq + 5");
    EXPECT_EQ(post("two").error().code, Errc::kUnavailable);
    EXPECT_EQ(engine_->log_state().head, before.pos);
    EXPECT_EQ(post("three")->conv_seq.value, before.conv_seq.value + 6) << "read again";
}

TEST_F(EngineTest, more_conversations_than_the_cache_holds_are_numbered_right) {
    engine_ = Engine::open(folder_.file(), clock_, random_,
                           {.limits = {.conversation_cache_bytes = 2000, .people_cached_max = 2}})
                  .value();
    std::vector<Write> writes;
    for (int i = 0; i < 40; ++i) writes.push_back({CreateGroup{"", {{1}, {i + 2}}, {}}, {}});
    auto const made = engine_->apply(writes);
    for (int round = 2; round < 5; ++round) {
        writes.clear();
        for (auto const& outcome : made->outcomes) {
            writes.push_back({MarkRead{outcome.result->conversation, {1}, {round - 1}}, {}});
        }
        auto const batch = engine_->apply(writes);
        EXPECT_EQ(batch->events.size(), 40u);
        for (auto const& event : batch->events) EXPECT_EQ(event.conv_seq.value, round);
    }
}

}  // namespace
}  // namespace sewa::store::sqlite
