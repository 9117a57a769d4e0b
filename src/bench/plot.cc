#include "bench/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace sewa::bench {

namespace {

constexpr double kWidth = 720, kHeight = 280;
constexpr double kLeft = 70, kRight = 690, kTop = 34, kBottom = 234;
constexpr const char* kColours[] = {"#0b7285", "#d9480f", "#5f3dc4", "#2b8a3e"};

struct Range {
    double low = 0, high = 1;
    double share(double value) const { return (value - low) / (high - low); }
};

Range range_of(Plot const& plot, bool of_x) {
    bool is_first = true;
    Range range;
    for (auto const& series : plot.series) {
        for (auto const& [x, y] : series.points) {
            auto const value = of_x ? x : plot.has_log_y ? std::log10(y) : y;
            range.low = is_first ? value : std::min(range.low, value);
            range.high = is_first ? value : std::max(range.high, value);
            is_first = false;
        }
    }
    return range;
}

std::vector<double> y_ticks(Plot const& plot, Range const& range) {
    if (!plot.has_log_y) return round_ticks(std::min(0.0, range.low), range.high, 5);
    std::vector<double> ticks;
    auto const last = std::max(std::floor(range.low) + 1, std::ceil(range.high));
    for (auto power = std::floor(range.low); power <= last; ++power) ticks.push_back(power);
    return ticks;
}

std::string number(double value) {
    auto const size = std::abs(value);
    if (size >= 1e6) return fmt::format("{:g}M", value / 1e6);
    if (size >= 1e4) return fmt::format("{:g}k", value / 1e3);
    return fmt::format("{:.4g}", value);
}

template <typename... Values>
void add(std::string& out, fmt::format_string<Values...> form, Values&&... values) {
    fmt::format_to(std::back_inserter(out), form, std::forward<Values>(values)...);
}

// Draws in the coordinates of one plot.
class Canvas {
public:
    Canvas(Range x, Range y) : x_(x), y_(y) {}

    double left_of(double x) const { return kLeft + x_.share(x) * (kRight - kLeft); }
    double top_of(double y) const { return kBottom - y_.share(y) * (kBottom - kTop); }

    void x_tick(std::string& out, double x, std::string const& text) const {
        add(out, R"(<text x="{:.1f}" y="{}" class="m">{}</text>)", left_of(x), kBottom + 16, text);
    }
    void y_tick(std::string& out, double y, std::string const& text) const {
        add(out, R"(<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>)", kLeft, kRight, top_of(y),
            top_of(y));
        add(out, R"(<text x="{}" y="{:.1f}" class="e">{}</text>)", kLeft - 6, top_of(y) + 4, text);
    }

private:
    Range const x_, y_;
};

void add_axes(std::string& out, Plot const& plot, Canvas const& canvas,
              std::vector<double> const& ticks) {
    for (auto const y : ticks) {
        canvas.y_tick(out, y, number(plot.has_log_y ? std::pow(10, y) : y));
    }
    add(out, R"(<text x="{}" y="{}" class="m">{}</text>)", (kLeft + kRight) / 2, kBottom + 36,
        plot.x_label);
    add(out, R"(<text x="{}" y="16" class="t">{}</text>)", 6, plot.title + ", " + plot.y_label);
}

void add_series(std::string& out, Plot const& plot, Canvas const& canvas, std::size_t index) {
    auto const& series = plot.series[index];
    auto const* const colour = kColours[index % std::size(kColours)];
    add(out, R"(<polyline stroke="{}"{} points=")", colour,
        index == 0 ? "" : R"( stroke-dasharray="5 3")");
    for (auto const& [x, y] : series.points) {
        add(out, "{:.1f},{:.1f} ", canvas.left_of(x),
            canvas.top_of(plot.has_log_y ? std::log10(y) : y));
    }
    out += "\"/>";
    add(out, R"(<text x="{}" y="16" class="e" style="fill:{}">{}</text>)",
        kRight - 150.0 * static_cast<double>(index), colour, series.name);
}

}  // namespace

std::vector<double> round_ticks(double low, double high, int count) {
    auto const span = high > low ? high - low : std::max(1.0, std::abs(high));
    auto const power = std::pow(10, std::floor(std::log10(span / count)));
    auto step = power;
    for (auto const factor : {2.0, 5.0, 10.0}) {
        if (span / step > count) step = power * factor;
    }
    std::vector<double> ticks;
    auto const first = std::floor(low / step);
    auto const last = std::max(std::ceil(high / step), first + 1);
    for (auto i = first; i <= last; ++i) ticks.push_back(i * step);
    return ticks;
}

std::string svg_of(Plot const& plot) {
    auto x = range_of(plot, true);
    if (x.high <= x.low) x.high = x.low + 1;
    auto const ticks = y_ticks(plot, range_of(plot, false));
    Canvas const canvas(x, {ticks.front(), ticks.back()});
    std::string out = fmt::format(R"(<svg viewBox="0 0 {} {}" role="img" aria-label="{}">)", kWidth,
                                  kHeight, plot.title);
    add_axes(out, plot, canvas, ticks);
    for (auto const& [at, text] : plot.x_ticks) canvas.x_tick(out, at, text);
    if (plot.x_ticks.empty()) {
        for (auto const at : round_ticks(x.low, x.high, 8)) {
            if (at >= x.low && at <= x.high) canvas.x_tick(out, at, number(at));
        }
    }
    for (std::size_t i = 0; i < plot.series.size(); ++i) add_series(out, plot, canvas, i);
    out += "</svg>\n";
    return out;
}

}  // namespace sewa::bench
