#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/errc.gen.h"

namespace sewa::session {

struct SessionLimits {
    std::uint32_t frames_per_minute = 120;  // 0: no limit.
    std::uint32_t frame_burst = 30;
    std::uint32_t writes_outstanding_max = 256;
    std::uint32_t malformed_max = 10;
    std::uint32_t rate_refusals_max = 200;  // In a row, then close 4008.
    std::size_t frame_bytes_max = 65'536;
    std::size_t content_chars_max = 5'000;
    std::uint32_t replay_page = 500;
    std::size_t replay_queue_bytes = 128 * 1024;  // Replay waits while more than this is queued.
    std::size_t replay_held_max = 64;
    std::int64_t auth_timeout_ms = 10'000;
    std::int64_t ping_interval_ms = 25'000;
    std::int64_t lease_ms = 60'000;
    std::int64_t token_warning_ms = 60'000;
    std::int64_t token_grace_ms = 30'000;
};

// Written by one shard, read at scrape; relaxed.
struct SessionCounters {
    std::atomic<std::uint64_t> opened{0};
    std::atomic<std::uint64_t> resumed{0};
    std::atomic<std::uint64_t> snapshots{0};
    std::atomic<std::uint64_t> frames_in{0};
    std::atomic<std::uint64_t> malformed{0};
    std::atomic<std::uint64_t> rate_limited{0};
    std::atomic<std::uint64_t> slow_consumers{0};
    std::atomic<std::uint64_t> replayed{0};
    std::atomic<std::uint64_t> exceptions{0};
    std::array<std::atomic<std::uint64_t>, 32> errors{};  // By Errc.
};

}  // namespace sewa::session
