#include "chat/listeners.h"

namespace sewa::chat {

std::vector<Subscriber*> const& Listeners::remembered(Audience const& audience) {
    if (size() > entries_max_) forget_all();
    auto const [at, is_new] = rooms_.try_emplace(audience.conversation);
    auto& room = at->second;
    bool const is_current =
        room.audience_version == audience.version && room.registry_changes == registry_.changes();
    if (is_current && !is_new) return room.sessions;
    auto const others = size() + (is_new ? 1 : 0) - room.sessions.size();
    room.sessions.clear();
    room.audience_version = audience.version;
    room.registry_changes = registry_.changes();
    for (auto const user : audience.participants) {
        registry_.each_of(user, [&](Subscriber& session) { room.sessions.push_back(&session); });
    }
    size_.store(others + room.sessions.size(), std::memory_order_relaxed);
    return room.sessions;
}

void Listeners::forget_all() {
    rooms_.clear();
    size_.store(0, std::memory_order_relaxed);
}

}  // namespace sewa::chat
