#pragma once

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

    // Notes somebody who waits; true when the caller has to start the load.
    bool wait(ConversationId conversation, Found found);

    // Ends a load and answers everybody who waited for it.
    void loaded(ConversationId conversation, Result<AudiencePtr> const& audience);

    // A committed event says who takes part now.
    void update(AudiencePtr const& audience);

    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        AudiencePtr audience;
        std::vector<Found> waiting;
        std::list<ConversationId>::iterator used;
    };

    Entry& touch(ConversationId conversation);
    void evict();

    std::size_t const entries_max_;
    std::unordered_map<ConversationId, Entry> entries_;
    std::list<ConversationId> by_use_;  // Most recent first.
};

}  // namespace sewa::chat
