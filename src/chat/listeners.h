#pragma once

#include <atomic>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "chat/registry.h"
#include "core/model.h"

namespace sewa::chat {

// Who hears a conversation on this shard. Shard-local.
//
// Finding the sessions of a hundred members costs more than telling them, and the same room speaks
// again soon. So the sessions of larger audiences are remembered until a member or a session comes
// or goes. Bounded: about `entries_max` remembered rooms and sessions, then all are
// forgotten.
class Listeners {
public:
    Listeners(Registry const& registry, std::size_t entries_max)
        : registry_(registry), entries_max_(entries_max) {}

    // Calls `visit(Subscriber&)` for each session of each participant; the visited one may remove
    // itself.
    template <typename Visit>
    void each_of(Audience const& audience, Visit&& visit) {
        if (audience.participants.size() < kWorthRemembering) {
            for (auto const user : audience.participants) registry_.each_of(user, visit);
        } else {
            for (auto* const subscriber : remembered(audience)) visit(*subscriber);
        }
    }

    // Rooms and sessions that are remembered. Any-thread.
    std::size_t size() const { return size_.load(std::memory_order_relaxed); }

private:
    static constexpr std::size_t kWorthRemembering = 4;

    struct Room {
        std::uint64_t audience_version = 0;
        std::uint64_t registry_changes = 0;
        std::vector<Subscriber*> sessions;
    };

    std::vector<Subscriber*> const& remembered(Audience const& audience);
    void forget_all();

    Registry const& registry_;
    std::size_t const entries_max_;
    std::atomic<std::size_t> size_{0};  // Written by the shard alone.
    std::unordered_map<ConversationId, Room> rooms_;
};

}  // namespace sewa::chat
