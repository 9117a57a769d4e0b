#include "chat/read_queue.h"

#include <gtest/gtest.h>

namespace sewa::chat {
namespace {

using Urgency = ReadQueue::Urgency;

// Takes reads and never runs them: a disk that hangs.
class HangingStore final : public store::Store {
public:
    bool submit(store::Write const&) override { return false; }
    bool read(store::ReadJob) override {
        ++taken;
        return true;
    }
    store::LogState log_state() const override { return {}; }
    store::StoreCounters const& counters() const override { return counters_; }
    void stop() override {}

    std::size_t taken = 0;

private:
    store::StoreCounters counters_;
};

class NoPeers final : public Peers {
public:
    std::uint16_t shard_count() const override { return 1; }
    bool post(ShardId, HubTask) override { return false; }
    void yield() override {}
};

ReadQueue::Read read_nothing() {
    return [](store::Reader&) -> HubTask { return [](Hub&) {}; };
}

TEST(ReadQueueTest, what_waits_is_bounded_but_for_resumes) {
    HangingStore store;
    NoPeers peers;
    ReadQueue queue({}, store, peers, {.outstanding_max = 2, .waiting_max = 3}, [] {});
    for (int i = 0; i < 2 + 3; ++i) EXPECT_TRUE(queue.push(Urgency::kLookup, read_nothing()));
    EXPECT_EQ(store.taken, 2u);
    EXPECT_EQ(queue.waiting(), 3u);
    EXPECT_FALSE(queue.push(Urgency::kLookup, read_nothing()));
    EXPECT_FALSE(queue.push(Urgency::kPresence, read_nothing()));
    EXPECT_EQ(queue.refused(), 2u);
    EXPECT_TRUE(queue.push(Urgency::kResume, read_nothing()));
    EXPECT_EQ(queue.waiting(), 4u);
}

}  // namespace
}  // namespace sewa::chat
