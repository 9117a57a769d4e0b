#include "observe/metrics.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace sewa::observe {
namespace {

bool has_line(std::string const& text, std::string const& line) {
    return text.starts_with(line + "\n") || text.find("\n" + line + "\n") != text.npos;
}

TEST(Metrics, sums_the_slots) {
    Metrics metrics(3);
    metrics.slot(0).add(Counter::kFramesSent, 5);
    metrics.slot(2).add(Counter::kFramesSent);
    metrics.slot(0).add(Gauge::kConnections, 3);
    metrics.slot(1).add(Gauge::kConnections, -1);
    metrics.slot(1).add(Counter::kTokensExpired);

    auto const text = metrics.scrape();

    EXPECT_TRUE(has_line(text, "sewa_frames_sent_total 6")) << text;
    EXPECT_TRUE(has_line(text, "sewa_connections 2"));
    EXPECT_TRUE(has_line(text, "sewa_tokens_total{result=\"expired\"} 1"));
    EXPECT_TRUE(has_line(text, "sewa_tokens_total{result=\"refused\"} 0"));
    EXPECT_TRUE(has_line(text, "# TYPE sewa_tokens_total counter"));
    EXPECT_TRUE(has_line(text, "# HELP sewa_connections open TCP connections"));
}

TEST(Metrics, counts_errors_and_closes_by_their_code) {
    Metrics metrics(1);
    metrics.slot(0).add_error(Errc::kInternal);
    metrics.slot(0).add_error(Errc::kRateLimited);
    metrics.slot(0).add_close(4009);
    metrics.slot(0).add_close(4505);
    metrics.slot(0).add_close(4999);

    auto const text = metrics.scrape();

    EXPECT_TRUE(has_line(text, "sewa_errors_total{code=\"internal\"} 1")) << text;
    EXPECT_TRUE(has_line(text, "sewa_errors_total{code=\"rate_limited\"} 1"));
    EXPECT_TRUE(has_line(text, "sewa_connections_closed_total{code=\"4009\"} 1"));
    EXPECT_TRUE(has_line(text, "sewa_connections_closed_total{code=\"4505\"} 1"));
    EXPECT_TRUE(has_line(text, "sewa_connections_closed_total{code=\"other\"} 1"));
}

TEST(Metrics, histograms_are_cumulative_and_keep_the_sum) {
    Metrics metrics(2);
    metrics.slot(0).observe(Histogram::kAckSeconds, 0.001);
    metrics.slot(1).observe(Histogram::kAckSeconds, 0.0011);
    metrics.slot(1).observe(Histogram::kAckSeconds, 60);
    metrics.slot(0).observe(Histogram::kBatchWrites, 512);

    auto const text = metrics.scrape();

    EXPECT_TRUE(has_line(text, "sewa_ack_seconds_bucket{le=\"0.0005\"} 0")) << text;
    EXPECT_TRUE(has_line(text, "sewa_ack_seconds_bucket{le=\"0.001\"} 1"));
    EXPECT_TRUE(has_line(text, "sewa_ack_seconds_bucket{le=\"2.5\"} 2"));
    EXPECT_TRUE(has_line(text, "sewa_ack_seconds_bucket{le=\"+Inf\"} 3"));
    EXPECT_TRUE(has_line(text, "sewa_ack_seconds_count 3"));
    EXPECT_TRUE(has_line(text, "sewa_ack_seconds_sum 60.0021"));
    EXPECT_TRUE(has_line(text, "sewa_store_batch_writes_bucket{le=\"512\"} 1"));
    EXPECT_TRUE(has_line(text, "sewa_store_batch_writes_bucket{le=\"256\"} 0"));
}

TEST(Metrics, watched_values_are_read_at_each_scrape) {
    Metrics metrics(1);
    double depth = 7;
    metrics.watch(Gauge::kStoreQueue, [&depth] { return depth; });
    EXPECT_TRUE(has_line(metrics.scrape(), "sewa_store_queue 7"));
    depth = 8;
    EXPECT_TRUE(has_line(metrics.scrape(), "sewa_store_queue 8"));
}

TEST(Metrics, loses_no_count_among_threads) {
    Metrics metrics(1);
    auto count = [&metrics] {
        for (int i = 0; i < 10'000; ++i) {
            metrics.slot(0).add(Counter::kFramesReceived);
            metrics.slot(0).observe(Histogram::kBatchWrites, 1);
        }
    };
    std::thread first(count);
    std::thread second(count);
    (void)metrics.scrape();
    first.join();
    second.join();
    EXPECT_TRUE(has_line(metrics.scrape(), "sewa_frames_received_total 20000"));
    EXPECT_TRUE(has_line(metrics.scrape(), "sewa_store_batch_writes_sum 20000"));
}

TEST(Metrics, every_metric_is_scraped_once_and_in_the_document) {
    auto const text = Metrics(1).scrape();
    auto const document = markdown_metrics();
    std::set<std::string_view> families;
    auto check = [&](auto const& rows) {
        for (auto const& row : rows) {
            families.insert(row.info.name);
            auto const type_line = "# TYPE " + std::string(row.info.name) + " ";
            EXPECT_EQ(text.find(type_line), text.rfind(type_line)) << row.info.name;
            EXPECT_NE(text.find(type_line), text.npos) << row.info.name;
            EXPECT_NE(document.find("| `" + std::string(row.info.name) + "` |"), text.npos);
        }
    };
    check(kCounters);
    check(kGauges);
    check(kHistograms);
    EXPECT_EQ(static_cast<std::size_t>(std::count(document.begin(), document.end(), '\n')),
              2 + families.size() + 2);
}

}  // namespace
}  // namespace sewa::observe
