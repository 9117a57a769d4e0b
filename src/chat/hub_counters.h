#pragma once

#include <atomic>
#include <cstdint>

namespace sewa::chat {

// Written by one shard, read at scrape; relaxed.
struct HubCounters {
    std::atomic<std::uint64_t> events{0};          // Committed events seen.
    std::atomic<std::uint64_t> deliveries{0};      // Durable frames handed to sessions.
    std::atomic<std::uint64_t> ephemeral{0};       // Ephemeral frames handed to sessions.
    std::atomic<std::uint64_t> ephemeral_lost{0};  // Another shard's mailbox was full.
    std::atomic<std::uint64_t> writes_refused{0};  // Store queue or waiter table full.
    std::atomic<std::uint64_t> writes_limited{0};  // Refused with rate_limited.
    std::atomic<std::uint64_t> sessions{0};
};

// Plain add: there is one writer, and readers want no more than a recent value.
inline void add(std::atomic<std::uint64_t>& counter, std::uint64_t n = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

}  // namespace sewa::chat
