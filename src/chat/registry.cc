#include "chat/registry.h"

#include "core/assert.h"

namespace sewa::chat {

void Registry::add(Subscriber& subscriber) {
    SEWA_ASSERT(subscriber.user());
    subscriber.number_ = ++changes_;
    auto& first = users_.insert(subscriber.user()).first;
    subscriber.next_of_user_ = first;
    first = &subscriber;
    ++size_;
}

void Registry::remove(Subscriber& subscriber) {
    SEWA_ASSERT(find(subscriber.handle()) == &subscriber);
    ++changes_;
    --size_;
    auto** const first = users_.find(subscriber.user());
    if (*first == &subscriber && subscriber.next_of_user_ == nullptr) {
        return users_.erase(subscriber.user());
    }
    auto** link = first;
    while (*link != &subscriber) link = &(*link)->next_of_user_;
    *link = subscriber.next_of_user_;
}

Subscriber* Registry::find(SubscriberHandle handle) const {
    auto* subscriber = first_of(handle.user);
    while (subscriber != nullptr && subscriber->number_ != handle.number) {
        subscriber = subscriber->next_of_user_;
    }
    return subscriber;
}

}  // namespace sewa::chat
