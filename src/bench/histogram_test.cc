#include "bench/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/random.h"

namespace sewa::bench {
namespace {

TEST(Histogram, has_nothing_to_say_when_empty) {
    Histogram const histogram;
    EXPECT_EQ(histogram.at(0.5), 0U);
    EXPECT_EQ(histogram.max(), 0U);
}

TEST(Histogram, is_exact_for_small_values) {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value) histogram.record(value);
    EXPECT_EQ(histogram.at(0.5), 50U);
    EXPECT_EQ(histogram.at(0.99), 99U);
    EXPECT_EQ(histogram.at(1.0), 100U);
    EXPECT_EQ(histogram.at(0.0), 1U);
}

TEST(Histogram, stays_within_one_sixty_fourth_of_sorted_values_at_every_magnitude) {
    SeededRandom random(7);
    for (unsigned bits = 4; bits <= 35; ++bits) {
        Histogram histogram;
        std::vector<std::uint64_t> values;
        for (int i = 0; i < 5000; ++i) values.push_back(random.below(std::uint64_t{1} << bits));
        for (auto const value : values) histogram.record(value);
        std::sort(values.begin(), values.end());
        for (double const share : {0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
            auto const rank = static_cast<std::size_t>(
                std::max(1.0, std::ceil(share * static_cast<double>(values.size()))));
            auto const exact = values[rank - 1];
            EXPECT_GE(histogram.at(share), exact) << bits << ' ' << share;
            EXPECT_LE(histogram.at(share), exact + exact / 64 + 1) << bits << ' ' << share;
        }
        EXPECT_EQ(histogram.max(), values.back());
    }
}

TEST(Histogram, counts_what_is_too_long_and_keeps_its_maximum) {
    Histogram histogram;
    histogram.record(1);
    histogram.record(std::uint64_t{1} << 60);
    EXPECT_EQ(histogram.count(), 2U);
    EXPECT_EQ(histogram.max(), std::uint64_t{1} << 60);
    EXPECT_GE(histogram.at(1.0), (std::uint64_t{1} << 36) - 1);
}

TEST(Histogram, adds_up_like_one) {
    Histogram one;
    Histogram left;
    Histogram right;
    for (std::uint64_t value = 0; value < 10'000; ++value) {
        one.record(value * 997);
        (value % 3 == 0 ? left : right).record(value * 997);
    }
    left.add(right);
    for (double const share : {0.01, 0.5, 0.999}) EXPECT_EQ(left.at(share), one.at(share));
    EXPECT_EQ(left.count(), one.count());
    EXPECT_EQ(left.max(), one.max());
}

}  // namespace
}  // namespace sewa::bench
