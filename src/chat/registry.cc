#include "chat/registry.h"

#include "core/assert.h"

namespace sewa::chat {

void Registry::add(Subscriber& subscriber) {
    SEWA_ASSERT(subscriber.user());
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    auto const slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot].subscriber = &subscriber;
    subscriber.handle_ = {slot, ++slots_[slot].generation};
    auto& first = first_of_user_.insert(subscriber.user()).first;
    subscriber.next_of_user_ = first;
    first = &subscriber;
    ++size_;
    ++changes_;
}

void Registry::remove(Subscriber& subscriber) {
    SEWA_ASSERT(find(subscriber.handle_) == &subscriber);
    slots_[subscriber.handle_.slot].subscriber = nullptr;
    free_slots_.push_back(subscriber.handle_.slot);
    --size_;
    ++changes_;
    auto** const first = first_of_user_.find(subscriber.user());
    auto** link = first;
    while (*link != &subscriber) link = &(*link)->next_of_user_;
    *link = subscriber.next_of_user_;
    if (*first == nullptr) first_of_user_.erase(subscriber.user());
}

Subscriber* Registry::find(SubscriberHandle handle) const {
    if (handle.slot >= slots_.size()) return nullptr;
    auto const& slot = slots_[handle.slot];
    return slot.generation == handle.generation ? slot.subscriber : nullptr;
}

}  // namespace sewa::chat
