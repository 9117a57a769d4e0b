#pragma once

#include <cstdint>
#include <vector>

#include "chat/subscriber.h"
#include "core/flat_table.h"

namespace sewa::chat {

// The live sessions of one shard, by user: a pointer for each user, who strings the sessions
// together. Shard-local. Bounded by the number of connections that the listener admits.
class Registry {
public:
    void add(Subscriber& subscriber);
    void remove(Subscriber& subscriber);

    // Null when it has gone.
    Subscriber* find(SubscriberHandle handle) const;

    std::size_t size() const { return size_; }
    // Grows whenever a session comes or goes; never 0 once one came.
    std::uint64_t changes() const { return changes_; }
    bool has(UserId user) const { return users_.contains(user); }

    // Calls `visit(Subscriber&)` for each session of the user; the visited one may remove itself.
    template <typename Visit>
    void each_of(UserId user, Visit&& visit) const {
        for (auto* subscriber = first_of(user); subscriber != nullptr;) {
            auto* const next = subscriber->next_of_user_;
            visit(*subscriber);
            subscriber = next;
        }
    }

    // Calls `visit(Subscriber&)` for every session; each may remove itself.
    template <typename Visit>
    void each(Visit&& visit) const {
        std::vector<UserId> users;  // A copy, as the table moves under the visits.
        users.reserve(users_.size());
        users_.each([&](Subscriber const* first) { users.push_back(first->user()); });
        for (auto const user : users) each_of(user, visit);
    }

private:
    struct UserOf {
        UserId operator()(Subscriber const* subscriber) const {
            return subscriber == nullptr ? UserId{} : subscriber->user();
        }
    };

    Subscriber* first_of(UserId user) const {
        auto* const* const first = users_.find(user);
        return first == nullptr ? nullptr : *first;
    }

    FlatTable<Subscriber*, UserOf> users_;
    std::size_t size_ = 0;
    std::uint64_t changes_ = 0;
};

}  // namespace sewa::chat
