#include "chat/waiters.h"

#include "core/assert.h"

namespace sewa::chat {

WaiterTable::WaiterTable(std::uint16_t shard, std::size_t waiters_max)
    : shard_(shard), waiters_max_(waiters_max) {}

Waiter* WaiterTable::add(store::Origin& origin) {
    if (free_slots_.empty()) {
        if (slots_.size() == waiters_max_) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            return nullptr;
        }
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    auto const index = free_slots_.back();
    free_slots_.pop_back();
    auto& slot = slots_[index];
    origin = {shard_, index, ++slot.generation};
    slot.waiter.began = std::chrono::steady_clock::now();
    size_.store(slots_.size() - free_slots_.size(), std::memory_order_relaxed);
    return &slot.waiter;
}

Waiter* WaiterTable::find(store::Origin const& origin) {
    if (origin.shard != shard_) return nullptr;
    SEWA_ASSERT(origin.slot < slots_.size());
    auto& slot = slots_[origin.slot];
    SEWA_ASSERT(slot.generation == origin.generation);
    return &slot.waiter;
}

void WaiterTable::release(store::Origin const& origin) {
    slots_[origin.slot].waiter.done = nullptr;
    free_slots_.push_back(origin.slot);
    size_.store(slots_.size() - free_slots_.size(), std::memory_order_relaxed);
}

}  // namespace sewa::chat
