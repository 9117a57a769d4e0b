#include "observe/metrics.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <span>

#include "core/assert.h"

namespace sewa::observe {
namespace {

// The labels are numbers: they are what client logs show.
constexpr std::array kCloses = {
    CloseCode::kNormal,
    CloseCode::kGoingAway,
    CloseCode::kProtocolError,
    CloseCode::kInvalidData,
    CloseCode::kTooBig,
    CloseCode::kTokenInvalid,
    CloseCode::kAuthTimeout,
    CloseCode::kRateLimited,
    CloseCode::kSlowConsumer,
    CloseCode::kNoSignOfLife,
    CloseCode::kDraining,
    CloseCode::kPositionUnknown,
    CloseCode::kMalformed,
    CloseCode::kNotAllowed,
    CloseCode::kTooManyConnections,
    CloseCode::kUnsupportedVersion,
};

constexpr std::array kSecondBounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                      0.025,   0.05,   0.1,     0.25,   0.5,   1.0,    2.5};
constexpr std::array kBatchBounds = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0};

static_assert(kSecondBounds.size() <= kBucketsMax && kBatchBounds.size() <= kBucketsMax);

std::span<double const> bounds_of(Histogram histogram) {
    if (histogram == Histogram::kBatchWrites) return kBatchBounds;
    return kSecondBounds;
}

prometheus::MetricFamily& family_of(std::vector<prometheus::MetricFamily>& families,
                                    MetricInfo const& info, prometheus::MetricType type) {
    // Rows of one family stand together in the table.
    if (families.empty() || families.back().name != info.name) {
        families.push_back({std::string(info.name), std::string(info.help), type, {}});
    }
    return families.back();
}

prometheus::ClientMetric metric_with(std::string_view label, std::string_view value) {
    prometheus::ClientMetric metric;
    if (!label.empty()) metric.label.push_back({std::string(label), std::string(value)});
    return metric;
}

}  // namespace

void MetricSlot::add_close(std::uint16_t code) {
    auto const found = std::find(kCloses.begin(), kCloses.end(), static_cast<CloseCode>(code));
    add(closes_[static_cast<std::size_t>(found - kCloses.begin())], 1);
}

void MetricSlot::observe(Histogram histogram, double value) {
    auto const bounds = bounds_of(histogram);
    auto const bucket = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
    auto& distribution = histograms_[index_of(histogram)];
    add(distribution.buckets[static_cast<std::size_t>(bucket)], 1);
    distribution.sum.fetch_add(value, std::memory_order_relaxed);
}

// Sums the slots and writes families in the order of the table.
struct Metrics::Collector {
    Metrics const& metrics;
    std::vector<prometheus::MetricFamily> families = {};

    template <typename Cells>
    double sum(Cells MetricSlot::*cells, std::size_t index) const {
        std::int64_t total = 0;
        for (auto const& slot : metrics.slots_) {
            total += ((*slot).*cells)[index].load(std::memory_order_relaxed);
        }
        return static_cast<double>(total);
    }

    void add_counter(MetricInfo const& info, double value) {
        auto metric = metric_with(info.label, info.label_value);
        metric.counter.value = value;
        family_of(families, info, prometheus::MetricType::Counter).metric.push_back(metric);
    }

    void add_counters() {
        for (auto const& row : kCounters) {
            add_counter(row.info, sum(&MetricSlot::counters_, index_of(row.key)) +
                                      watched(metrics.watched_counters_, row.key));
        }
        for (std::size_t i = 0; i < kErrcCount; ++i) {
            auto labelled = kErrorsInfo;
            labelled.label_value = info(static_cast<Errc>(i)).code;
            add_counter(labelled, sum(&MetricSlot::errors_, i) +
                                      watched(metrics.watched_errors_, static_cast<Errc>(i)));
        }
        for (std::size_t i = 0; i <= kCloses.size(); ++i) {
            auto labelled = kClosesInfo;
            auto const code = i < kCloses.size() ? std::to_string(static_cast<int>(kCloses[i]))
                                                 : std::string("other");
            labelled.label_value = code;
            add_counter(labelled, sum(&MetricSlot::closes_, i));
        }
    }

    template <typename Watched, typename Key>
    static double watched(Watched const& entries, Key key) {
        double value = 0;
        for (auto const& [entry, read] : entries) {
            if (entry == key) value += read();
        }
        return value;
    }

    double value_of(Gauge gauge) const {
        return sum(&MetricSlot::gauges_, index_of(gauge)) + watched(metrics.watched_, gauge);
    }

    void add_gauges() {
        for (auto const& row : kGauges) {
            auto metric = metric_with(row.info.label, row.info.label_value);
            metric.gauge.value = value_of(row.key);
            family_of(families, row.info, prometheus::MetricType::Gauge).metric.push_back(metric);
        }
    }

    prometheus::ClientMetric histogram_of(Histogram key) const {
        auto const bounds = bounds_of(key);
        prometheus::ClientMetric metric;
        std::uint64_t cumulative = 0;
        for (std::size_t bucket = 0; bucket <= bounds.size(); ++bucket) {
            for (auto const& slot : metrics.slots_) {
                auto const& cell = slot->histograms_[index_of(key)].buckets[bucket];
                cumulative += static_cast<std::uint64_t>(cell.load(std::memory_order_relaxed));
            }
            auto const bound =
                bucket < bounds.size() ? bounds[bucket] : std::numeric_limits<double>::infinity();
            metric.histogram.bucket.push_back({cumulative, bound});
        }
        metric.histogram.sample_count = cumulative;
        for (auto const& slot : metrics.slots_) {
            metric.histogram.sample_sum +=
                slot->histograms_[index_of(key)].sum.load(std::memory_order_relaxed);
        }
        return metric;
    }

    void add_histograms() {
        for (auto const& row : kHistograms) {
            family_of(families, row.info, prometheus::MetricType::Histogram)
                .metric.push_back(histogram_of(row.key));
        }
    }
};

Metrics::Metrics(std::size_t slots) {
    static_assert(kCloses.size() < MetricSlot::kClosesMax);
    for (std::size_t i = 0; i < slots; ++i) slots_.push_back(std::make_unique<MetricSlot>());
}

Metrics::~Metrics() = default;

MetricSlot& Metrics::slot(std::size_t index) {
    SEWA_ASSERT(index < slots_.size());
    return *slots_[index];
}

void Metrics::watch(Gauge gauge, std::function<double()> read) {
    watched_.emplace_back(gauge, std::move(read));
}

void Metrics::watch(Counter counter, std::function<double()> read) {
    watched_counters_.emplace_back(counter, std::move(read));
}

void Metrics::watch_error(Errc code, std::function<double()> read) {
    watched_errors_.emplace_back(code, std::move(read));
}

std::string Metrics::scrape() const {
    Collector collector{*this};
    collector.add_counters();
    collector.add_gauges();
    collector.add_histograms();
    return prometheus::TextSerializer().Serialize(collector.families);
}

std::string markdown_metrics() {
    std::string text = "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n";
    std::string_view last;
    auto add = [&](MetricInfo const& info, std::string_view type) {
        if (info.name == last) return;
        last = info.name;
        auto const label = info.label.empty() ? "" : fmt::format("`{}`", info.label);
        text += fmt::format("| `{}` | {} | {} | {} |\n", info.name, type, label, info.help);
    };
    for (auto const& row : kCounters) add(row.info, "counter");
    add(kErrorsInfo, "counter");
    add(kClosesInfo, "counter");
    for (auto const& row : kGauges) add(row.info, "gauge");
    for (auto const& row : kHistograms) add(row.info, "histogram");
    return text;
}

}  // namespace sewa::observe
