// Every single read and write of each command fails once, in an engine that has nothing in memory:
// either the command is refused as a whole, or it is done as a whole.

#include <gtest/gtest.h>

#include "store/sqlite/engine.h"
#include "store/sqlite/failing_disk.h"
#include "store/sqlite/gathering_vfs.h"
#include "store/sqlite/integrity.h"
#include "store/sqlite/small_log_for_test.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr ConversationId kDirect{1};
constexpr ConversationId kGroup{2};
constexpr UserId kAsha{7};
constexpr UserId kBina{8};
constexpr std::int64_t kDayMs = 24 * 3600 * 1000;

class ColdEngine : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(open());
        apply_for_test(*engine_, small_log_for_test());
    }
    void TearDown() override {
        disk_.plan({});
        engine_.reset();
        auto const integrity = check_integrity(folder_.file()).value();
        EXPECT_EQ(integrity.damages, 0) << integrity.findings.at(0);
    }

    Status open() {
        engine_.reset();
        EngineOptions options{.limits = {.conversation_cache_bytes = 0, .people_cached_max = 0},
                              .cache_bytes = 1024};
        SEWA_TRY(engine_, Engine::open(path_, clock_, random_, options));
        return {};
    }

    // True: nothing was left to fail.
    template <typename Try>
    bool fails_at(std::int64_t call, std::int64_t times, Try const& attempt) {
        SCOPED_TRACE(call);
        disk_.plan({.fail_at = call, .times = times, .error = SQLITE_IOERR, .is_any_call = true});
        attempt();
        bool const is_past_all = disk_.failures() == 0;
        disk_.plan({});
        return is_past_all;
    }
    template <typename Try>
    void fail_everywhere(Try const& attempt) {
        is_done_ = false;
        for (std::int64_t const times : {1, 3}) {
            std::int64_t call = 0;
            while (!fails_at(call, times, attempt)) ++call;
            EXPECT_GE(call, 2);
        }
    }
    void apply(Command const& command) {
        auto const before = engine_->log_state().head;
        std::vector<Write> writes{{command, {}}};
        auto const batch = engine_->apply(writes);
        auto const& result = batch->outcomes.at(0).result;
        is_done_ |= result.has_value();
        if (result) return;
        EXPECT_EQ(engine_->log_state().head, before);
        EXPECT_TRUE(batch->events.empty());
        if (is_done_) return;
        EXPECT_EQ(result.error().code, Errc::kUnavailable) << result.error().message;
        EXPECT_FALSE(engine_->last_failure().empty());
    }

    FailingDisk& disk_ = FailingDisk::instance();
    TemporaryFolder const folder_;
    std::string const path_ =
        "file:" + folder_.file() + "?vfs=" + gathering_vfs((FailingDisk::instance(), "failing"));
    ManualClock clock_;
    SeededRandom random_{1};
    std::unique_ptr<Engine> engine_;
    bool is_done_ = false;  // What can be done once is refused from then on.
};

std::vector<Command> posts() {
    auto twin = post_for_test(kDirect, kAsha, "twin");
    auto keyed = post_for_test(kDirect, kAsha, "keyed");
    keyed.client_msg_id = "k100";
    keyed.reply_to = {2};
    auto with_file = post_for_test(kDirect, kAsha, "another file");
    with_file.attachments = {2};
    std::vector<Command> all{twin, keyed, with_file, post_for_test(kDirect, {}, "marketplace")};
    twin.transport = Transport::kRest;
    all.insert(all.begin() + 1, twin);
    return all;
}

std::vector<Command> others() {
    using enum ConversationChange;
    AddAttachment addition;
    addition.attachment.owner = kAsha;
    addition.owner_bytes_max = 1'000'000'000;
    auto const end = WallMs{kIdMax};
    return {OpenConversation{{100}, kBina, {11}, "hello", "k", Transport::kRest},
            OpenConversation{{100}, kBina, {12}, "", "", Transport::kRest},
            CreateGroup{"", {kAsha, {13}}, {}},
            ChangeConversation{kGroup, {}, kParticipantAdded, {14}, {}},
            ChangeConversation{kGroup, kAsha, kRenamed, {}, "Title"},
            ChangeConversation{kDirect, kAsha, kMuted, {}, {}},
            ChangeConversation{kDirect, kAsha, kBlocked, {}, {}},
            MarkRead{kDirect, kAsha, {10}},
            MarkDelivered{kDirect, kBina, {30}},
            DeleteMessage{{6}, kAsha, DeleteScope::kMe},
            DeleteMessage{{2}, kAsha, DeleteScope::kAll},
            FlagMessage{{3}, kAsha, ""},
            UpsertPerson{{kBina, "Maya", "", "", "", Role::kStaff}, true},
            UpsertService{{{101}, kBina, "Roofs", "", "", ""}},
            TouchLastSeen{kAsha, {5}},
            addition,
            GiveUpAttachments{end},
            ForgetAttachments{{{2}}},
            CreateAccount{"hari", "hash", {}, {"other", "first", end}},
            RotateLogin{"family", "first", "second", end},
            EndLogin{"family", "first"},
            SaveWebhookCursor{{6}}};
}

TEST_F(ColdEngine, ST_4_a_message_is_refused_or_stored_as_a_whole) {
    for (auto const& command : posts()) fail_everywhere([&] { apply(command); });
}

TEST_F(ColdEngine, ST_4_every_other_command_is_refused_or_done_as_a_whole) {
    fail_everywhere([&] { apply(EditMessage{{8}, kAsha, "edited"}); });
    fail_everywhere([&] { apply(React{{9}, kAsha, "🎉"}); });
    for (auto const& command : others()) {
        SCOPED_TRACE(command.index());
        fail_everywhere([&] { apply(command); });
    }
}

TEST_F(ColdEngine, K_8_an_erasure_is_refused_or_done_by_whole_steps) {
    fail_everywhere([&] { apply(ErasePerson{kAsha, {}}); });
    for (std::int64_t conversation = 1; conversation <= 2; ++conversation) {
        fail_everywhere([&] { apply(ErasePerson{kBina, {{conversation}, {}}}); });
    }
}

TEST_F(ColdEngine, a_log_that_cannot_be_read_is_not_opened) {
    auto const state = engine_->log_state();
    fail_everywhere([&] {
        auto const opened = open();
        if (!opened) {
            EXPECT_EQ(opened.error().code, Errc::kUnavailable);
            return;
        }
        EXPECT_EQ(engine_->log_state().head, state.head);
        EXPECT_EQ(engine_->log_state().epoch, state.epoch);
    });
}

TEST_F(ColdEngine, R_7_old_events_that_cannot_be_removed_stay_and_go_later) {
    clock_.advance(31 * kDayMs);
    fail_everywhere([&] {
        auto const before = engine_->log_state();
        auto const pruned = engine_->prune(30 * kDayMs, 5);
        if (pruned) return;
        EXPECT_EQ(pruned.error().code, Errc::kUnavailable);
        EXPECT_EQ(engine_->log_state().floor, before.floor);
    });
    while (engine_->prune(30 * kDayMs, 5)->has_more) {
    }
    auto const db = Database::open({.path = folder_.file(), .access = Access::kRead}).value();
    EXPECT_EQ(db->pragma("SELECT count(*) FROM events WHERE kind <> 1"), 0);
    EXPECT_EQ(db->pragma("SELECT count(*) FROM events"), 42);
}

}  // namespace
}  // namespace sewa::store::sqlite
