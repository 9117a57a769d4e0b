#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/histogram.h"
#include "bench/plan.h"
#include "core/result.h"
#include "load/dialect.h"
#include "net/address.h"

namespace sewa::peer_load {

struct LoadPlan {
    net::Address server;
    Speech speech;
    std::vector<pid_t> processes;  // Of the server, whose CPU and memory are added up.
    bool is_idle = false;          // Connect, look at the memory, and leave.
    std::uint32_t senders = 2;     // Of each room.
    std::uint32_t window = 1;      // Messages of a sender that not everybody has yet.
    std::uint32_t text_bytes = 100;
    std::uint32_t connecting_max = 64;
    double seconds = 5;
    double warmup_seconds = 1;
};

struct LoadReport {
    std::uint32_t connections = 0;
    double connect_s = 0;
    double anonymous_bytes_per_connection = 0;
    double seconds = 0;  // Measured; the following belong to it.
    std::uint64_t messages = 0;
    std::uint64_t deliveries = 0;
    double server_user_s = 0;
    double server_system_s = 0;
    double generator_s = 0;
    std::uint64_t given_up = 0;  // Of the whole run, as are the following.
    std::uint64_t missing = 0;
    std::uint64_t reordered = 0;
    std::uint64_t doubled = 0;
    bench::Histogram latency_ns;
};
std::string to_json(LoadReport const& report);

// Connects everybody, lets them talk, and counts. Blocks; one thread, one loop. What a server
// loses or reorders is in the report. Fails when a connection is refused or ends, and when the
// server says something that does not belong there.
Result<std::unique_ptr<LoadReport>> run_load(LoadPlan const& plan);

}  // namespace sewa::peer_load
