#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "chat/subscriber.h"
#include "store/write.h"

namespace sewa::chat {

using WriteDone = std::function<void(Result<store::Receipt> const&)>;

// Who waits for the outcome of a write: a session (which may have gone by then) or a callback.
struct Waiter {
    SubscriberHandle subscriber;
    std::string request_id;
    std::string client_msg_id;
    bool is_message = false;
    WriteDone done;                               // Empty: the subscriber waits.
    std::chrono::steady_clock::time_point began;  // Set by `WaiterTable::add`.

    WriteTag tag() const { return {request_id, client_msg_id, is_message}; }
    void keep(WriteTag const& tag) {
        request_id = tag.request_id;
        client_msg_id = tag.client_msg_id;
        is_message = tag.is_message;
    }
};

// The outstanding writes of one shard. Shard-local. At most `waiters_max` at a time; slots are
// reused with their strings' capacity, so that a write costs no allocation in the steady state.
class WaiterTable {
public:
    WaiterTable(std::uint16_t shard, std::size_t waiters_max);

    // Null when the table is full. Fill the waiter in before the next call.
    Waiter* add(store::Origin& origin);
    // Valid until `release`; null when the origin is of another shard or nobody's.
    Waiter* find(store::Origin const& origin);
    void release(store::Origin const& origin);

    // Any-thread.
    std::size_t size() const { return size_.load(std::memory_order_relaxed); }
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

private:
    struct Slot {
        Waiter waiter;
        std::uint32_t generation = 0;
    };

    std::uint16_t const shard_;
    std::size_t const waiters_max_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::atomic<std::size_t> size_{0};
    std::atomic<std::uint64_t> refused_{0};
};

}  // namespace sewa::chat
