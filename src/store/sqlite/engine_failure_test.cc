// Drives the engine on a disk that fails or loses power at every single write and sync of a run,
// repeats what was not acknowledged, and compares what the file holds with what was acknowledged.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "store/sqlite/engine.h"
#include "store/sqlite/failing_disk.h"
#include "store/sqlite/gathering_vfs.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/temporary_folder_for_test.h"

namespace sewa::store::sqlite {
namespace {

constexpr UserId kAsha{1};
constexpr UserId kBina{2};
constexpr int kBatches = 6;
constexpr int kPerBatch = 5;

class Scenario {
public:
    Scenario() : path_("file:" + folder_.file() + "?vfs=" + layer()) {
        FailingDisk::instance().plan({});
    }
    ~Scenario() {
        FailingDisk::instance().plan({});
        engine_.reset();
    }

    bool open() {
        auto opened = Engine::open(path_, clock_, random_);
        if (opened) engine_ = *std::move(opened);
        return engine_ != nullptr;
    }
    void drop() { engine_.reset(); }
    Engine& engine() { return *engine_; }

    // Everything that is not acknowledged yet, in batches. Stops where the disk does.
    bool post_all() {
        if (!engine_ && !open()) return false;
        if (!conversation_ && !create()) return false;
        for (int batch = 0; batch < kBatches; ++batch) {
            if (!post_batch(batch)) return false;
            if (batch == kBatches / 2) engine_->checkpoint();
        }
        return true;
    }

    // Every acknowledged message is there once, with its numbers; no number is missing.
    void verify() {
        auto reader = open_reader(folder_.file()).value();
        auto const page = reader->events(kAsha, conversation_, {}, 500).value();
        std::map<std::int64_t, std::int64_t> seq_of_pos;
        std::int64_t seq = 0;
        for (auto const& frame : page.frames) {
            EXPECT_EQ(frame.conv_seq.value, ++seq);
            seq_of_pos[frame.pos.value] = frame.conv_seq.value;
        }
        EXPECT_EQ(seq, page.last_conv_seq.value);
        for (auto const& [key, receipt] : acknowledged_) {
            EXPECT_EQ(seq_of_pos[receipt.pos.value], receipt.conv_seq.value) << key;
        }
        if (acknowledged_.size() == kBatches * kPerBatch) {
            EXPECT_EQ(page.frames.size(), acknowledged_.size() + 1);
        }
    }

    std::size_t acknowledged() const { return acknowledged_.size(); }
    SeededRandom& random() { return random_; }

private:
    // As in production, with a failing disk below.
    static std::string layer() {
        FailingDisk::instance();
        return gathering_vfs("failing");
    }

    bool create() {
        std::vector<Write> writes{{CreateGroup{"Team", {kAsha, kBina}, {}}, {}}};
        auto const result = engine_->apply(writes)->outcomes.at(0).result;
        if (result) conversation_ = result->conversation;
        return result.has_value();
    }

    bool post_batch(int batch) {
        std::vector<Write> writes;
        for (int i = 0; i < kPerBatch; ++i) {
            auto const key = "k" + std::to_string(batch * kPerBatch + i);
            writes.push_back({PostMessage{.conversation = conversation_,
                                          .sender = kAsha,
                                          .content = "text of " + key + std::string(500, '.'),
                                          .client_msg_id = key,
                                          .reply_to = {},
                                          .type = MessageType::kText,
                                          .transport = Transport::kWebSocket,
                                          .attachments = {}},
                              {}});
        }
        auto const before = engine_->log_state().head;
        auto const committed = engine_->apply(writes);
        for (std::size_t i = 0; i < writes.size(); ++i) {
            auto const& result = committed->outcomes.at(i).result;
            auto const& key = std::get<PostMessage>(writes[i].command).client_msg_id;
            if (result) {
                acknowledge(key, *result);
            } else {
                EXPECT_EQ(result.error().code, Errc::kUnavailable);
                EXPECT_TRUE(committed->events.empty());
                EXPECT_EQ(engine_->log_state().head, before);
            }
        }
        bool const is_refused = !committed->outcomes.at(0).result;
        if (is_refused && FailingDisk::instance().has_failed_to_sync()) verify_as_after_a_kill();
        return committed->outcomes.at(0).result.has_value();
    }

    // What another process finds when this one is killed now: nothing of what was refused.
    void verify_as_after_a_kill() {
        TemporaryFolder copy;
        for (auto const* const ending : {"", "-wal"}) {
            if (!std::filesystem::exists(folder_.file() + ending)) continue;
            std::filesystem::copy_file(folder_.file() + ending, copy.file() + ending);
        }
        auto const engine = Engine::open(copy.file(), clock_, random_).value();
        EXPECT_EQ(engine->log_state().head, engine_->log_state().head);
    }

    void acknowledge(std::string const& key, Receipt const& receipt) {
        auto const [known, is_new] = acknowledged_.emplace(key, receipt);
        if (is_new) return;
        EXPECT_TRUE(receipt.duplicate) << key;
        EXPECT_EQ(receipt.pos, known->second.pos) << key;
    }

    TemporaryFolder folder_;
    std::string path_;
    ManualClock clock_;
    SeededRandom random_{5};
    std::unique_ptr<Engine> engine_;
    ConversationId conversation_;
    std::map<std::string, Receipt> acknowledged_;
};

std::int64_t operations_of_a_good_run(FailingDisk::Plan plan = {}) {
    Scenario run;
    plan.fail_at = -1;
    FailingDisk::instance().plan(plan);
    EXPECT_TRUE(run.post_all());
    run.verify();
    return FailingDisk::instance().operations();
}

void fail_everywhere(FailingDisk::Plan plan) {
    auto const all = operations_of_a_good_run(plan);
    ASSERT_GT(all, 20);
    for (plan.fail_at = 0; plan.fail_at < all; ++plan.fail_at) {
        SCOPED_TRACE(plan.fail_at);
        Scenario run;
        FailingDisk::instance().plan(plan);
        // The same engine goes on where the disk does.
        for (int attempt = 0; attempt < 20 && !run.post_all(); ++attempt) {
        }
        EXPECT_GT(FailingDisk::instance().failures(), 0);
        EXPECT_EQ(run.acknowledged(), kBatches * kPerBatch);
        run.verify();
    }
}

TEST(EngineFailure, ST_4_a_full_disk_refuses_and_loses_nothing) {
    fail_everywhere({.times = 3, .error = SQLITE_FULL});
}

TEST(EngineFailure, ST_4_failing_writes_and_syncs_refuse_and_lose_nothing) {
    fail_everywhere({.error = SQLITE_IOERR_WRITE});
    fail_everywhere({.error = SQLITE_IOERR_FSYNC});
}

TEST(EngineFailure, ST_4_where_a_write_may_harm_its_neighbours_nothing_is_lost_either) {
    fail_everywhere({.error = SQLITE_IOERR_WRITE, .is_powersafe = false});
}

TEST(EngineFailure, ST_4_a_short_write_refuses_and_loses_nothing) {
    fail_everywhere({.error = SQLITE_IOERR_WRITE, .is_short_write = true});
}

TEST(EngineFailure, ST_4_an_error_of_any_other_call_refuses_and_loses_nothing) {
    fail_everywhere({.error = SQLITE_IOERR, .is_any_call = true});
}

TEST(EngineFailure, ST_1_power_cut_at_any_write_loses_nothing_acknowledged) {
    auto const all = operations_of_a_good_run();
    for (std::int64_t cut_at = 0; cut_at < all; ++cut_at) {
        SCOPED_TRACE(cut_at);
        Scenario run;
        auto& disk = FailingDisk::instance();
        disk.plan({.fail_at = cut_at, .times = 1'000'000, .error = SQLITE_IOERR});
        EXPECT_FALSE(run.post_all());
        disk.cut_power();
        run.drop();
        disk.power_back(run.random());
        disk.plan({});
        ASSERT_TRUE(run.open());
        if (run.acknowledged() > 0) run.verify();
        EXPECT_TRUE(run.post_all());
        run.verify();
    }
}

}  // namespace
}  // namespace sewa::store::sqlite
