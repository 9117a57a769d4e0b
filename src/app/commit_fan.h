#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "auth/access_table.h"
#include "chat/hub.h"
#include "observe/metrics.h"
#include "shard/shards.h"
#include "store/store.h"

namespace sewa::app {

// How long a thread that is no shard waits before it tries a full mailbox again.
inline constexpr std::chrono::microseconds kMailboxRetry{200};

// Carries committed batches from the store's writer thread to every shard, in commit order.
//
// A full mailbox makes the writer wait: commits then slow down to what the shards deliver, and the
// store's queue refuses what comes on top. `set_hubs` is start-up; the shards outlive the store.
class CommitFan final : public store::CommitSink {
public:
    CommitFan(shard::Shards& shards, auth::AccessTable& access, observe::MetricSlot& metrics)
        : shards_(shards), access_(access), metrics_(metrics) {}

    // Start-up, like `set_hubs`: for the duration of each transaction.
    void set_counters(store::StoreCounters const& counters) { counters_ = &counters; }
    void set_hubs(std::vector<chat::Hub*> hubs) { hubs_ = std::move(hubs); }

    // Is told every head of the log, on the writer's thread.
    void set_follower(std::function<void(Pos)> follower) { follower_ = std::move(follower); }

    void on_commit(store::CommitBatchPtr batch) override {
        measure(*batch);
        // First, so that who is sent away does not come in again meanwhile.
        for (auto const& [user, is_banned, revoked_up_to_s] : batch->access) {
            access_.set(user, {is_banned, revoked_up_to_s});
        }
        for (std::uint16_t i = 0; i < hubs_.size(); ++i) {
            shard::Task task([batch, hub = hubs_[i]] { hub->on_commit(*batch); });
            while (!shards_.post(ShardId{i}, std::move(task))) {
                std::this_thread::sleep_for(kMailboxRetry);
            }
        }
        if (follower_) follower_(batch->head);
    }

private:
    void measure(store::CommitBatch const& batch);

    shard::Shards& shards_;
    auth::AccessTable& access_;
    observe::MetricSlot& metrics_;  // The writer thread's alone.
    store::StoreCounters const* counters_ = nullptr;
    std::uint64_t measured_us_ = 0;
    std::vector<chat::Hub*> hubs_;
    std::function<void(Pos)> follower_;
};

// The hubs of all shards, for one another. Any-thread after `set_hubs`.
class ShardPeers final : public chat::Peers {
public:
    explicit ShardPeers(shard::Shards& shards) : shards_(shards) {}

    void set_hubs(std::vector<chat::Hub*> hubs) { hubs_ = std::move(hubs); }

    std::uint16_t shard_count() const override {
        return static_cast<std::uint16_t>(shards_.size());
    }
    bool post(ShardId shard, chat::HubTask task) override {
        return shards_.post(shard,
                            [task = std::move(task), hub = hubs_[shard.value]] { task(*hub); });
    }
    void yield() override { std::this_thread::sleep_for(kMailboxRetry); }

private:
    shard::Shards& shards_;
    std::vector<chat::Hub*> hubs_;
};

}  // namespace sewa::app
