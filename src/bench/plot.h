#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sewa::bench {

// A line plot as an inline SVG element, for pages without scripts and without other files. Pure.

struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;  // Ascending x.
};

struct Plot {
    std::string title;
    std::string x_label;
    std::string y_label;
    std::vector<Series> series;
    bool has_log_y = false;                               // Values above 0 only.
    std::vector<std::pair<double, std::string>> x_ticks;  // Empty: round numbers.
};

// Texts go into the page as they are: nothing in them may need escaping.
std::string svg_of(Plot const& plot);

// Round numbers from at or below `low` to at or above `high`, about `count` of them.
std::vector<double> round_ticks(double low, double high, int count);

}  // namespace sewa::bench
