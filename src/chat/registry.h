#pragma once

#include <cstdint>
#include <vector>

#include "chat/subscriber.h"
#include "core/flat_map.h"

namespace sewa::chat {

// The live sessions of one shard, by user and by handle. Shard-local. Bounded by the number of
// connections that the listener admits.
class Registry {
public:
    void add(Subscriber& subscriber);
    void remove(Subscriber& subscriber);

    // Null when it has gone.
    Subscriber* find(SubscriberHandle handle) const;

    std::size_t size() const { return size_; }
    // Grows whenever a session comes or goes; never 0 once one came.
    std::uint64_t changes() const { return changes_; }
    bool has(UserId user) const { return first_of_user_.contains(user); }

    // Calls `visit(Subscriber&)` for each session of the user; the visited one may remove itself.
    template <typename Visit>
    void each_of(UserId user, Visit&& visit) const {
        auto* const* const first = first_of_user_.find(user);
        if (first == nullptr) return;
        for (auto* subscriber = *first; subscriber != nullptr;) {
            auto* const next = subscriber->next_of_user_;
            visit(*subscriber);
            subscriber = next;
        }
    }

    // Calls `visit(Subscriber&)` for every session; each may remove itself.
    template <typename Visit>
    void each(Visit&& visit) const {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            if (auto* const subscriber = slots_[i].subscriber) visit(*subscriber);
        }
    }

private:
    struct Slot {
        Subscriber* subscriber = nullptr;
        std::uint32_t generation = 0;
    };

    FlatMap<UserId, Subscriber*> first_of_user_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::size_t size_ = 0;
    std::uint64_t changes_ = 0;
};

}  // namespace sewa::chat
