#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <unordered_map>
#include <vector>

#include "core/model.h"
#include "core/result.h"

namespace sewa::chat {

// Who takes part in the conversations that this shard has asked about lately. Shard-local. Holds
// at most `entries_max`; the least recently used goes first.
//
// An answer is never older than the last committed event that the shard has seen: a membership
// change that arrives while an entry is being loaded wins over what the load brings.
class AudienceCache {
public:
    using Found = std::function<void(Result<AudiencePtr> const&)>;

    explicit AudienceCache(std::size_t entries_max) : entries_max_(entries_max) {}

    // Null when it must be loaded.
    AudiencePtr find(ConversationId conversation);

    // Notes somebody who waits, or refuses at once when too many do; true when the caller has to
    // start the load.
    bool wait(ConversationId conversation, Found found);

    // Ends a load and answers everybody who waited for it.
    void loaded(ConversationId conversation, Result<AudiencePtr> const& audience);

    // A committed event says who takes part now.
    void update(AudiencePtr const& audience);

    // Any-thread.
    std::size_t size() const { return size_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

private:
    struct Entry {
        AudiencePtr audience;
        std::vector<Found> waiting;
        std::list<ConversationId>::iterator used;
    };

    Entry& touch(ConversationId conversation);
    void evict();
    void count() { size_.store(entries_.size(), std::memory_order_relaxed); }

    static constexpr std::size_t kWaitingMax = 10'000;  // For one conversation.

    std::size_t const entries_max_;
    std::unordered_map<ConversationId, Entry> entries_;
    std::list<ConversationId> by_use_;  // Most recent first.
    std::atomic<std::size_t> size_{0};
    std::atomic<std::uint64_t> refused_{0};
};

}  // namespace sewa::chat
