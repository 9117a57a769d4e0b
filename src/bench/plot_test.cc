#include "bench/plot.h"

#include <gtest/gtest.h>

namespace sewa::bench {
namespace {

using Ticks = std::vector<double>;

TEST(Plot, ticks_are_round_and_enclose_the_values) {
    EXPECT_EQ(round_ticks(0, 9.3, 5), (Ticks{0, 2, 4, 6, 8, 10}));
    EXPECT_EQ(round_ticks(0, 100, 5), (Ticks{0, 20, 40, 60, 80, 100}));
    EXPECT_EQ(round_ticks(-1, 3, 5), (Ticks{-1, 0, 1, 2, 3}));
}

TEST(Plot, ticks_of_equal_values_are_more_than_one) {
    EXPECT_GE(round_ticks(5, 5, 5).size(), 2U);
    EXPECT_GE(round_ticks(0, 0, 5).size(), 2U);
}

TEST(Plot, the_highest_tick_is_at_the_top_and_the_lowest_at_the_bottom) {
    auto const svg = svg_of({"title", "x", "y", {{"a", {{0, 0}, {1, 10}}}}, false, {}});
    EXPECT_NE(svg.find(R"(points="70.0,234.0 690.0,34.0 ")"), std::string::npos) << svg;
}

TEST(Plot, powers_of_ten_are_equally_far_apart_on_a_log_axis) {
    auto const svg = svg_of({"title", "x", "y", {{"a", {{0, 1}, {1, 10}, {2, 100}}}}, true, {}});
    EXPECT_NE(svg.find("70.0,234.0 380.0,134.0 690.0,34.0"), std::string::npos) << svg;
}

TEST(Plot, one_point_and_none_make_a_plot_too) {
    for (auto const& points : {Series{"a", {{1, 5}}}, Series{"a", {}}}) {
        auto const svg = svg_of({"title", "x", "y", {points}, false, {}});
        EXPECT_EQ(svg.find("nan"), std::string::npos) << svg;
        EXPECT_EQ(svg.find("inf"), std::string::npos) << svg;
    }
}

}  // namespace
}  // namespace sewa::bench
