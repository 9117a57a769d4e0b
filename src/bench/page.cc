#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "bench/plot.h"
#include "bench/report.h"

namespace sewa::bench {

namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 760px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem }
pre { overflow-x: auto; font-size: 13px }
svg { width: 100%; margin: 1rem 0 }
svg text { font-size: 12px; fill: currentColor; opacity: .8 }
svg .t { font-weight: 600; opacity: 1 }
svg .m { text-anchor: middle }
svg .e { text-anchor: end }
svg line { stroke: currentColor; opacity: .15 }
svg polyline { fill: none; stroke-width: 2 }
)";

// Percentiles so that each further nine takes the same room: x is the number of nines.
Series percentiles(std::string name, Histogram const& histogram) {
    constexpr int kStepsPerNine = 12;
    Series series{std::move(name), {}};
    auto const nines = std::log10(static_cast<double>(histogram.count()));
    for (int step = 0; step <= nines * kStepsPerNine && step <= 5 * kStepsPerNine; ++step) {
        auto const x = static_cast<double>(step) / kStepsPerNine;
        auto const ns = histogram.at(1 - std::pow(10, -x));
        series.points.emplace_back(x, std::max(1e-3, static_cast<double>(ns) / 1e6));
    }
    return series;
}

std::string latency_plot(Report const& report) {
    Plot plot{"Latency", "share of messages that were not slower", "ms", {}, true, {}};
    double nines = 0;
    for (auto const& [name, histogram] : {std::pair{"send to delivery", &report.delivery_ns},
                                          std::pair{"send to ack", &report.ack_ns}}) {
        if (histogram->count() == 0) continue;
        plot.series.push_back(percentiles(name, *histogram));
        nines = std::max(nines, plot.series.back().points.back().first);
    }
    static constexpr const char* kNames[] = {"0 %",    "90 %",    "99 %",
                                             "99.9 %", "99.99 %", "99.999 %"};
    for (int nine = 0; nine <= nines; ++nine) plot.x_ticks.emplace_back(nine, kNames[nine]);
    return plot.series.empty() ? std::string() : svg_of(plot);
}

Series over_time(std::string name, Report const& report, double (*value)(Sample const&)) {
    Series series{std::move(name), {}};
    for (auto const& sample : report.timeline) {
        series.points.emplace_back(sample.at_s, value(sample));
    }
    return series;
}

std::string time_plots(Report const& report) {
    if (report.timeline.empty()) return {};
    constexpr const char* kTime = "seconds; 0: measuring begins";
    Plot const rates{
        "Throughput",
        kTime,
        "per second",
        {over_time("deliveries", report,
                   [](Sample const& sample) { return sample.deliveries_per_s; }),
         over_time("messages", report, [](Sample const& sample) { return sample.messages_per_s; })},
        false,
        {}};
    auto out = svg_of(rates);
    if (!report.cpu) return out;
    out += svg_of(
        {"Processor of the server",
         kTime,
         "% of a core",
         {over_time("CPU", report, [](Sample const& sample) { return 100 * sample.server_cpu; })},
         false,
         {}});
    out += svg_of({"Memory of the server",
                   kTime,
                   "MiB, resident",
                   {over_time("memory", report,
                              [](Sample const& sample) {
                                  return static_cast<double>(sample.resident_bytes) / (1 << 20);
                              })},
                   false,
                   {}});
    return out;
}

}  // namespace

std::string to_html(Report const& report) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<title>sewa bench: {0}</title>\n<style>{1}</style>\n<h1>{0}</h1>\n"
        "<pre>{2}</pre>\n{3}{4}</html>\n",
        report.name, kStyle, to_table(report), latency_plot(report), time_plots(report));
}

}  // namespace sewa::bench
