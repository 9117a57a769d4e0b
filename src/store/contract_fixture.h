#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "store/store.h"

namespace sewa::store {

// Where a store under test keeps its data. Opening again finds what was stored.
class StoreHarness {
public:
    virtual ~StoreHarness() = default;
    virtual Result<std::unique_ptr<Store>> open(Clock const& clock, Random& random,
                                                CommitSink& sink) = 0;
};
using HarnessFactory = std::function<std::unique_ptr<StoreHarness>()>;

// Collects batches in commit order, and hands outcomes to whoever waits for them.
class RecordingSink final : public CommitSink {
public:
    void on_commit(CommitBatchPtr batch) override {
        std::lock_guard const lock(mutex_);
        for (auto const& outcome : batch->outcomes) {
            if (outcome.origin.shard != Origin::kNobody) outcomes_[outcome.origin.slot] = outcome;
        }
        batches_.push_back(std::move(batch));
        changed_.notify_all();
    }

    Outcome wait_for(std::uint32_t slot) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return outcomes_.count(slot) != 0; });
        return outcomes_.at(slot);
    }

    std::vector<Event> events() const {
        std::lock_guard const lock(mutex_);
        std::vector<Event> all;
        for (auto const& batch : batches_) {
            all.insert(all.end(), batch->events.begin(), batch->events.end());
        }
        return all;
    }

    std::vector<CommitBatchPtr> batches() const {
        std::lock_guard const lock(mutex_);
        return batches_;
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::unordered_map<std::uint32_t, Outcome> outcomes_;
    std::vector<CommitBatchPtr> batches_;
};

inline constexpr UserId kCustomer{7};
inline constexpr UserId kProvider{8};
inline constexpr UserId kStranger{9};
inline constexpr ServiceId kService{100};

// Moved by the test while the store's threads read it.
class SharedManualClock final : public Clock {
public:
    MonoMs mono() const override { return MonoMs{1'000'000} + passed_; }
    WallMs wall() const override { return WallMs{1'750'000'000'000} + passed_; }
    void advance(std::int64_t ms) { passed_ += ms; }

private:
    std::atomic<std::int64_t> passed_{0};
};

// One behaviour, every store: a store of its own per test, with a manual clock.
class StoreContract : public testing::TestWithParam<HarnessFactory> {
protected:
    void SetUp() override {
        harness_ = GetParam()();
        reopen();
        run(UpsertPerson{{kCustomer, "Asha", "Asha", "Rai", "", Role::kCustomer}}).value();
        run(UpsertPerson{{kProvider, "Bina", "Bina", "Gurung", "", Role::kProvider}}).value();
        run(UpsertService{{kService, kProvider, "Plumbing", "home", "plumbing", "500"}}).value();
    }

    void TearDown() override { close(); }

    void reopen() {
        close();
        auto opened = harness_->open(clock_, random_, sink_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = *std::move(opened);
    }

    void close() {
        if (store_) store_->stop();
        store_.reset();
    }

    std::uint32_t submit(Command command) {
        auto const slot = next_slot_++;
        EXPECT_TRUE(store_->submit({std::move(command), {.shard = 0, .slot = slot}}));
        return slot;
    }

    Outcome outcome_of(Command command) { return sink_.wait_for(submit(std::move(command))); }
    Result<Receipt> run(Command command) { return outcome_of(std::move(command)).result; }

    // Runs a read on the store's pool and waits for it.
    template <typename Read>
    auto read(Read const& read) {
        std::promise<decltype(read(std::declval<Reader&>()))> promise;
        EXPECT_TRUE(store_->read([&](Reader& reader) { promise.set_value(read(reader)); }));
        return promise.get_future().get();
    }

    ConversationId open_conversation() {
        return run(OpenConversation{kService, kProvider, kCustomer, "", "", Transport::kRest})
            ->conversation;
    }

    ConversationId open_group(std::vector<UserId> users) {
        return run(CreateGroup{"Team", std::move(users), {}})->conversation;
    }

    Result<Receipt> post(ConversationId conversation, UserId sender, std::string text,
                         std::string key = {}) {
        return run(message(conversation, sender, std::move(text), std::move(key)));
    }

    static PostMessage message(ConversationId conversation, UserId sender, std::string text,
                               std::string key = {}) {
        return {.conversation = conversation,
                .sender = sender,
                .content = std::move(text),
                .client_msg_id = std::move(key),
                .reply_to = {},
                .type = MessageType::kText,
                .transport = Transport::kWebSocket,
                .attachments = {}};
    }

    Result<Receipt> change(ConversationId conversation, UserId user, ConversationChange what,
                           UserId participant = {}) {
        return run(ChangeConversation{conversation, user, what, participant, "New title"});
    }

    MessagePage history(UserId user, ConversationId id) {
        return read([&](Reader& r) { return r.messages_before(user, id, {}, 100); }).value();
    }
    EventsPage events(UserId user, ConversationId id, ConvSeq after = {}) {
        return read([&](Reader& r) { return r.events(user, id, after, 500); }).value();
    }
    ResumePage resume(UserId user, Pos after, std::uint32_t limit = 500) {
        return read([&](Reader& r) { return r.resume(user, after, limit); }).value();
    }
    Unread unread(UserId user, ConversationId id) {
        return read([&](Reader& r) { return r.unread(user, id); }).value();
    }

    SharedManualClock clock_;
    SeededRandom random_{1};
    RecordingSink sink_;
    std::unique_ptr<StoreHarness> harness_;
    std::unique_ptr<Store> store_;
    std::uint32_t next_slot_ = 0;
};

}  // namespace sewa::store
