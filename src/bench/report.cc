#include "bench/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sewa::bench {

namespace {

double ms(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e6;
}

template <typename... Values>
void row(std::string& out, std::string_view name, fmt::format_string<Values...> form,
         Values&&... values) {
    fmt::format_to(std::back_inserter(out), "  {:<24}", name);
    fmt::format_to(std::back_inserter(out), form, std::forward<Values>(values)...);
    out += '\n';
}

void latency_row(std::string& out, std::string_view name, Histogram const& histogram) {
    if (histogram.count() == 0) return;
    row(out, name, "p50 {:.3f}  p90 {:.3f}  p99 {:.3f}  p99.9 {:.3f}  max {:.3f} ms",
        ms(histogram.at(0.5)), ms(histogram.at(0.9)), ms(histogram.at(0.99)),
        ms(histogram.at(0.999)), ms(histogram.max()));
}

std::string latency_json(Histogram const& histogram) {
    return fmt::format(
        R"({{"count":{},"p50_ms":{:.4f},"p90_ms":{:.4f},"p99_ms":{:.4f},"p999_ms":{:.4f},)"
        R"("max_ms":{:.4f}}})",
        histogram.count(), ms(histogram.at(0.5)), ms(histogram.at(0.9)), ms(histogram.at(0.99)),
        ms(histogram.at(0.999)), ms(histogram.max()));
}

double per_second(Report const& report, std::uint64_t count) {
    return report.seconds > 0 ? static_cast<double>(count) / report.seconds : 0;
}

// Frames that the CPU time is shared out to: deliveries, or what there was instead.
double micros_per_delivery(Report const& report, double seconds) {
    return seconds * 1e6 / static_cast<double>(std::max<std::uint64_t>(1, report.deliveries));
}

void cpu_rows(std::string& out, Report const& report) {
    auto const& cpu = *report.cpu;
    row(out, "server CPU", "user {:.0f} %  system {:.0f} % of a core",
        100 * cpu.user_s / report.seconds, 100 * cpu.system_s / report.seconds);
    if (report.deliveries > 0) {
        row(out, "server CPU per delivery", "user {:.2f}  system {:.2f} us",
            micros_per_delivery(report, cpu.user_s), micros_per_delivery(report, cpu.system_s));
    }
    row(out, "generator CPU", "{:.0f} % of a core", 100 * cpu.generator_s / report.seconds);
}

}  // namespace

std::string name_of(Plan const& plan) {
    auto const& layout = plan.layout;
    auto const who = layout.are_pairs
                         ? fmt::format("{} pairs", layout.conversations)
                         : fmt::format("{} rooms of {}", layout.conversations, layout.members);
    if (plan.traffic == Traffic::kIdle) return who + ", idle";
    if (plan.traffic == Traffic::kTyping) {
        return fmt::format("{}, typing, {} turns", who, plan.window);
    }
    auto const how = plan.rate > 0 ? fmt::format("open loop {:.0f}/s", plan.rate)
                                   : fmt::format("closed loop, {} senders x {} outstanding",
                                                 plan.senders, plan.window);
    return fmt::format("{}, {}, {} bytes{}", who, how, plan.text_bytes,
                       plan.storm ? ", storm" : "");
}

std::string to_table(Report const& report) {
    std::string out = report.name + '\n';
    row(out, "connections", "{} in {:.2f} s", report.connections, report.connect_s);
    if (report.startup_s) row(out, "server start", "{:.3f} s", *report.startup_s);
    if (report.messages > 0) {
        row(out, "messages", "{:.0f} /s", per_second(report, report.messages));
        row(out, "deliveries", "{:.0f} /s", per_second(report, report.deliveries));
    }
    latency_row(out, "send to delivery", report.delivery_ns);
    latency_row(out, "send to ack", report.ack_ns);
    if (report.cpu) cpu_rows(out, report);
    if (report.messages > 0) {
        row(out, "bytes", "{:.1f} MB/s from the server, {:.1f} MB/s to it",
            per_second(report, report.bytes_in) / 1e6, per_second(report, report.bytes_out) / 1e6);
    }
    if (report.signals > 0) {
        row(out, "typing signals", "{:.0f} /s", per_second(report, report.signals));
    }
    if (report.comebacks > 0) row(out, "came back", "{}", report.comebacks);
    if (report.slow_lost > 0) row(out, "slow readers cut off", "{}", report.slow_lost);
    if (report.shed > 0) row(out, "standstills", "{}", report.shed);
    if (report.memory) {
        row(out, "memory per connection", "{:.0f} bytes in user space, {:.0f} resident",
            report.memory->anonymous_per_connection, report.memory->resident_per_connection);
    }
    if (report.storm) {
        row(out, "after SIGKILL", "listens in {:.2f} s, all resumed {:.2f} s later, {} errors",
            report.storm->restart_s, report.storm->resumed_s, report.storm->errors);
        latency_row(out, "resumed after", report.storm->resume_ns);
        latency_row(out, "delivery meanwhile", report.storm->others_ns);
        row(out, "memory at most", "{:.1f} MB resident", report.storm->peak_resident / 1e6);
    }
    return out;
}

std::string to_json(Report const& report) {
    std::string out = fmt::format(
        R"({{"name":"{}","connections":{},"connect_s":{:.3f},"seconds":{:.3f},"messages":{},)"
        R"("messages_per_s":{:.1f},"deliveries":{},"deliveries_per_s":{:.1f},)"
        R"("bytes_in":{},"bytes_out":{},"standstills":{},"typing_signals":{},"comebacks":{},)"
        R"("slow_readers_cut_off":{},"delivery":{},"ack":{})",
        report.name, report.connections, report.connect_s, report.seconds, report.messages,
        per_second(report, report.messages), report.deliveries,
        per_second(report, report.deliveries), report.bytes_in, report.bytes_out, report.shed,
        report.signals, report.comebacks, report.slow_lost, latency_json(report.delivery_ns),
        latency_json(report.ack_ns));
    auto const end = std::back_inserter(out);
    if (report.startup_s) fmt::format_to(end, R"(,"startup_s":{:.4f})", *report.startup_s);
    if (report.cpu) {
        fmt::format_to(end,
                       R"(,"server_user_s":{:.2f},"server_system_s":{:.2f},"generator_s":{:.2f},)"
                       R"("user_us_per_delivery":{:.3f},"system_us_per_delivery":{:.3f})",
                       report.cpu->user_s, report.cpu->system_s, report.cpu->generator_s,
                       micros_per_delivery(report, report.cpu->user_s),
                       micros_per_delivery(report, report.cpu->system_s));
    }
    if (report.memory) {
        fmt::format_to(end,
                       R"(,"anonymous_bytes_per_connection":{:.1f},)"
                       R"("resident_bytes_per_connection":{:.1f},"resident_bytes":{})",
                       report.memory->anonymous_per_connection,
                       report.memory->resident_per_connection, report.memory->resident);
    }
    if (report.storm) {
        auto const& storm = *report.storm;
        fmt::format_to(end,
                       R"(,"restart_s":{:.3f},"resumed_s":{:.3f},"errors":{},)"
                       R"("peak_resident_bytes":{},"resume":{},"meanwhile":{})",
                       storm.restart_s, storm.resumed_s, storm.errors, storm.peak_resident,
                       latency_json(storm.resume_ns), latency_json(storm.others_ns));
    }
    out += "}\n";
    return out;
}

}  // namespace sewa::bench
