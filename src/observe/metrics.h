#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/errc.gen.h"
#include "observe/metric_table.h"

namespace sewa::observe {

inline constexpr std::size_t kBucketsMax = 16;
inline constexpr std::size_t kErrcCount = static_cast<std::size_t>(Errc::kInternal) + 1;

// One thread's share of all metrics. Any-thread; meant for one writer, which then shares no cache
// line with the others: an addition is one relaxed atomic on memory of its own.
class alignas(64) MetricSlot {
public:
    void add(Counter counter, std::int64_t amount = 1) {
        add(counters_[index_of(counter)], amount);
    }
    void add(Gauge gauge, std::int64_t amount) { add(gauges_[index_of(gauge)], amount); }
    void add_error(Errc code) { add(errors_[index_of(code)], 1); }
    void add_close(std::uint16_t code);

    // `value` in the unit of the metric's name.
    void observe(Histogram histogram, double value);

private:
    friend class Metrics;
    using Cell = std::atomic<std::int64_t>;

    struct Distribution {
        std::array<Cell, kBucketsMax + 1> buckets{};  // the last: above all bounds
        std::atomic<double> sum{0};
    };

    static void add(Cell& cell, std::int64_t amount) {
        cell.fetch_add(amount, std::memory_order_relaxed);
    }

    static constexpr std::size_t kClosesMax = 24;

    std::array<Cell, index_of(Counter::kCount)> counters_{};
    std::array<Cell, index_of(Gauge::kCount)> gauges_{};
    std::array<Cell, kErrcCount> errors_{};
    std::array<Cell, kClosesMax> closes_{};  // the last: codes that are not ours
    std::array<Distribution, index_of(Histogram::kCount)> histograms_{};
};

// All metrics of a process. Slots and watched values are set up at start; `scrape` is any-thread.
class Metrics {
public:
    // One slot for each shard and one for every other writing thread.
    explicit Metrics(std::size_t slots);
    ~Metrics();

    MetricSlot& slot(std::size_t index);

    // Start-up: a value that is read at each scrape instead of counted. `read` must be any-thread.
    void watch(Gauge gauge, std::function<double()> read);
    void watch(Counter counter, std::function<double()> read);
    // The same for an error code.
    void watch_error(Errc code, std::function<double()> read);

    // The sums of all slots in Prometheus' text format.
    std::string scrape() const;

private:
    struct Collector;

    std::vector<std::unique_ptr<MetricSlot>> slots_;
    std::vector<std::pair<Gauge, std::function<double()>>> watched_;
    std::vector<std::pair<Counter, std::function<double()>>> watched_counters_;
    std::vector<std::pair<Errc, std::function<double()>>> watched_errors_;
};

// The table in OPERATIONS.md.
std::string markdown_metrics();

}  // namespace sewa::observe
