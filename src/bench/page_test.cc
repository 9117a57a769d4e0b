#include <gtest/gtest.h>

#include "bench/report.h"

namespace sewa::bench {
namespace {

std::size_t count_of(std::string const& text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

TEST(Page, has_a_plot_for_everything_that_was_measured) {
    auto const report = std::make_unique<Report>();
    report->name = "20 pairs";
    report->seconds = 2;
    for (std::uint64_t i = 1; i <= 10'000; ++i) report->delivery_ns.record(i * 1000);
    report->cpu = Report::Cpu{1, 1, 1};
    report->timeline = {{-0.5, 10, 10, 0.5, 1 << 20}, {0.5, 20, 20, 0.9, 2 << 20}};
    auto const page = to_html(*report);
    EXPECT_EQ(count_of(page, "<svg"), 4U);
    EXPECT_EQ(count_of(page, "99.99 %"), 1U);
    EXPECT_EQ(count_of(page, "99.999 %"), 0U) << "10,000 latencies do not say that much";
    EXPECT_EQ(page.find("nan"), std::string::npos);
    EXPECT_EQ(count_of(page, "20 pairs"), 3U);
}

TEST(Page, of_idle_connections_is_the_table_alone) {
    auto const report = std::make_unique<Report>();
    EXPECT_EQ(count_of(to_html(*report), "<svg"), 0U);
}

}  // namespace
}  // namespace sewa::bench
