#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace sewa::net {

// A number with one writer, its shard, and any readers; no locked instruction.
class Counter {
public:
    void add(std::uint64_t more = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    void subtract(std::uint64_t less) {
        value_.store(value_.load(std::memory_order_relaxed) - less, std::memory_order_relaxed);
    }
    std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Since start, per shard. Open connections are `opened - closed`.
struct NetCounters {
    Counter opened;
    Counter closed;
    Counter bytes_in;
    Counter bytes_out;
    Counter queued;  // Bytes in outgoing queues now, 64 for each entry.
    Counter reads;
    Counter writes;
    Counter writes_blocked;       // The kernel's buffer was full.
    std::array<Counter, 3> shed;  // By EphemeralKind.
    Counter coalesced;            // Replaced in the queue before they were written.
    Counter queue_full;           // Frames refused: slow readers.
    Counter input_full;           // Connections aborted because input was not consumed.
    Counter write_stalled;        // Connections aborted without progress.
};

}  // namespace sewa::net
