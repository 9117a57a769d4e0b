#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/histogram.h"
#include "bench/plan.h"

namespace sewa::bench {

// The rates of half a second.
struct Sample {
    double at_s = 0;  // Its end; 0 is where measuring begins.
    double messages_per_s = 0;
    double deliveries_per_s = 0;
    double server_cpu = 0;  // In cores.
    std::uint64_t resident_bytes = 0;
};

// What a run found. Rates are of the measured time alone; latencies of everything that was due in
// it, however late it came.
struct Report {
    std::string name;  // Of the workload, for people.
    std::uint32_t connections = 0;
    double seconds = 0;
    std::uint64_t messages = 0;  // Acknowledged; typing frames sent.
    std::uint64_t deliveries = 0;
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::uint64_t shed = 0;
    std::uint64_t signals = 0;    // Typing frames that arrived besides messages.
    std::uint64_t comebacks = 0;  // Sessions resumed after an absence.
    std::uint64_t slow_lost = 0;  // Slow readers cut off.
    Histogram delivery_ns;
    Histogram ack_ns;

    double connect_s = 0;  // From the first connect to the last session.
    std::optional<double> startup_s;
    struct Cpu {
        double user_s = 0;
        double system_s = 0;
        double generator_s = 0;
    };
    std::optional<Cpu> cpu;  // In the measured time.
    struct Memory {
        double anonymous_per_connection = 0;
        double resident_per_connection = 0;
        std::uint64_t resident = 0;
    };
    std::optional<Memory> memory;
    struct Storm {
        double restart_s = 0;  // From SIGKILL until it listens again.
        double resumed_s = 0;  // From then until the last session is live.
        std::uint64_t errors = 0;
        std::uint64_t peak_resident = 0;  // Of the server since its start; 0: not known.
        Histogram resume_ns;
        Histogram others_ns;  // Deliveries among those who were back already.
    };
    std::optional<Storm> storm;
    std::vector<Sample> timeline;  // Of warm-up and measured time.
};

std::string name_of(Plan const& plan);
std::string to_table(Report const& report);
std::string to_json(Report const& report);
// A page without scripts and other files: the table, and latency, rates and memory as plots.
std::string to_html(Report const& report);

}  // namespace sewa::bench
