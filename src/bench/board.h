#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "bench/histogram.h"
#include "bench/plan.h"

namespace sewa::bench {

// Set by the monitor, followed by the workers.
enum class Stage : std::uint8_t {
    kConnect,
    kWarmup,
    kMeasure,
    kOutage,     // The server is being killed: connections may end, and none is opened.
    kReconnect,  // It listens again: everybody resumes and sends again what was not acknowledged.
    kSettle,     // Nothing new is sent; what is on its way arrives.
    kQuit,
};

enum class WorkerState : std::uint8_t { kBusy, kConnected, kResumed, kSettled, kFailed };

// What one worker says; it is the only writer.
struct Tally {
    std::atomic<WorkerState> state{WorkerState::kBusy};
    std::atomic<std::uint32_t> live{0};  // Sessions that take part.
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> acks{0};
    std::atomic<std::uint64_t> deliveries{0};  // Frames at somebody other than the sender.
    std::atomic<std::uint64_t> bytes_in{0};
    std::atomic<std::uint64_t> bytes_out{0};
    std::atomic<std::uint64_t> shed{0};  // Ephemeral frames that did not come.
    std::atomic<std::uint64_t> reconnect_errors{0};
    std::atomic<std::uint64_t> signals{0};    // Typing frames that arrived besides messages.
    std::atomic<std::uint64_t> comebacks{0};  // Sessions resumed after an absence.
    std::atomic<std::uint64_t> slow_lost{0};  // Slow readers that the server cut off.
    // Complete when `state` is kSettled.
    Histogram delivery_ns;
    Histogram ack_ns;
    Histogram resume_ns;  // From the stage kReconnect to `synced`.
    Histogram storm_ns;   // Deliveries among those who are back, while others still come.
    std::array<char, 400> failure{};
};

// In memory that the monitor and its workers share.
struct Board {
    std::atomic<Stage> stage{Stage::kConnect};
    std::atomic<std::uint64_t> stage_since_ns{0};
    std::array<Tally, kProcessesMax> tallies;
};

inline void count(std::atomic<std::uint64_t>& counter, std::uint64_t more = 1) {
    // One writer: no locked instruction needed.
    counter.store(counter.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

inline constexpr double kNsPerSecond = 1e9;

// Monotonic, comparable between processes of one machine.
std::uint64_t now_ns();

}  // namespace sewa::bench
