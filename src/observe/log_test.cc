#include "observe/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "observe/redact.h"

namespace sewa::observe {
namespace {

class LogTest : public testing::Test {
protected:
    Log make(LogOptions options = {}) {
        options.stream = &lines_;
        return Log(options, clock_);
    }

    std::string taken() {
        auto text = lines_.str();
        lines_.str({});
        return text;
    }

    ManualClock clock_;
    std::ostringstream lines_;
};

TEST_F(LogTest, one_line_has_time_level_event_and_fields) {
    auto log = make();
    log.warn("slow_consumer", {{"session", UserId{7}},
                               {"queued_bytes", std::size_t{262'144}},
                               {"share", 0.5},
                               {"resumed", true},
                               {"reason", "reads too slowly"},
                               {"peer", std::string("127.0.0.1:9")},
                               {"delta", -3}});
    EXPECT_EQ(taken(),
              "2025-06-15T15:06:40.000Z warn slow_consumer session=7 queued_bytes=262144 "
              "share=0.5 resumed=true reason=\"reads too slowly\" peer=127.0.0.1:9 "
              "delta=-3\n");
}

TEST_F(LogTest, json_has_the_same_in_one_object) {
    auto log = make({.format = Format::kJson});
    log.info("started", {{"port", 8000},
                         {"path", "a\"b\\c\n"},
                         {"ratio", std::numeric_limits<double>::quiet_NaN()}});
    EXPECT_EQ(taken(), R"({"time":"2025-06-15T15:06:40.000Z","level":"info","event":"started",)"
                       R"("port":8000,"path":"a\"b\\c\u000a","ratio":"nan"})"
                       "\n");
}

TEST_F(LogTest, less_severe_levels_are_not_written) {
    auto log = make({.level = Level::kWarn});
    log.debug("a");
    log.info("b");
    log.error("c");
    EXPECT_EQ(taken(), "2025-06-15T15:06:40.000Z error c\n");
    EXPECT_FALSE(make({.level = Level::kOff}).writes(Level::kError));
}

TEST_F(LogTest, a_peer_can_forge_neither_lines_nor_terminal_sequences) {
    auto log = make();
    log.info("x", {{"v", "a\n2025 error forged\x1b[2J\x7f\xff"}, {"w", ""}, {"k", "a=b"}});
    EXPECT_EQ(taken(),
              "2025-06-15T15:06:40.000Z info x "
              "v=\"a\\u000a2025 error forged\\u001b[2J\\u007f\\u00ff\" w=\"\" k=\"a=b\"\n");
}

TEST_F(LogTest, long_values_are_cut) {
    auto log = make();
    log.info("x", {{"v", std::string(5'000, 'v')}});
    EXPECT_LT(taken().size(), 600u);
}

TEST_F(LogTest, C_1_tokens_and_tickets_never_reach_a_log) {
    auto log = make();
    log.info("x", {{"token", "opensesame"},
                   {"Authorization", "opensesame"},
                   {"access_token", "opensesame"},
                   {"ticket", "opensesame"},
                   {"jwt_secret", "opensesame"},
                   {"url", "/ws/?user_id=42&token=opensesame&v=1"},
                   {"header", "Bearer opensesame"},
                   {"protocols", "sewa.v1, bearer.opensesame"},
                   {"text", "got eyJopensesame.eyJopensesame.opensesame today"},
                   {"padded", std::string(510, 'x') + " token=opensesame"}});
    auto const line = taken();
    EXPECT_EQ(line.find("opensesame"), line.npos) << line;
    EXPECT_EQ(line.find("opens"), line.npos) << line;
    EXPECT_NE(line.find("/ws/?user_id=42&token=***&v=1"), line.npos) << line;
    EXPECT_NE(line.find("got *** today"), line.npos) << line;
}

TEST(Redact, removes_the_values_and_nothing_else) {
    for (auto const& [url, clean] : std::vector<std::pair<std::string, std::string>>{
             {"/ws/?token=a.b-c_d", "/ws/?token=***"},
             {"/ws/?ticket=abc&v=1", "/ws/?ticket=***&v=1"},
             {"/ws/?TOKEN=abc#x", "/ws/?TOKEN=***#x"},
             {"/ws/?tok%65n=abc&v=1", "/ws/?tok%65n=***&v=1"},
             {"/ws/?v=1&token=a=b=c", "/ws/?v=1&token=***"},
             {"/ws/?token=", "/ws/?token="},
             {"/ws/?token", "/ws/?token"},
             {"/ws/?a=token&v=1", "/ws/?a=token&v=1"},
             {"/ws/?tokens=7", "/ws/?tokens=7"},
             {"GET /ws/?token=abc HTTP/1.1", "GET /ws/?token=*** HTTP/1.1"},
             {"https://h/?refresh_token=abc", "https://h/?refresh_token=***"},
             {"/ws/?x=token=abc", "/ws/?x=token=***"},
             {"Bearer abc def", "Bearer *** def"},
             {"bearer abc def", "bearer *** def"},
             {"keyJson is fine", "keyJson is fine"},
             {"", ""},
         }) {
        EXPECT_EQ(redact_url(url), clean);
    }
}

TEST_F(LogTest, a_flood_becomes_a_few_lines_and_a_summary) {
    auto log = make({.repeats_per_second = 3});
    for (int i = 0; i < 1'000; ++i) log.limited(Level::kWarn, "bad_frame", {{"n", i}});
    auto text = taken();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
    log.limited(Level::kWarn, "other_event");
    EXPECT_NE(taken().find("other_event"), std::string::npos);

    clock_.advance(1'000);
    log.limited(Level::kWarn, "bad_frame", {{"n", 1'000}});
    text = taken();
    EXPECT_NE(text.find("warn log_suppressed of=bad_frame count=997\n"), text.npos) << text;
    EXPECT_NE(text.find("bad_frame n=1000\n"), text.npos);
}

TEST_F(LogTest, a_flood_that_ended_is_summed_up_by_the_timer) {
    auto log = make({.repeats_per_second = 1});
    for (int i = 0; i < 5; ++i) log.limited(Level::kWarn, "bad_frame");
    log.flush_suppressed();
    EXPECT_EQ(taken().find("log_suppressed"), std::string::npos);

    clock_.advance(1'000);
    log.flush_suppressed();
    log.flush_suppressed();
    auto const text = taken();
    EXPECT_NE(text.find("of=bad_frame count=4\n"), text.npos);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

TEST_F(LogTest, the_table_of_limited_events_is_bounded) {
    auto log = make({.repeats_per_second = 1});
    for (int i = 0; i < 256; ++i) log.limited(Level::kWarn, "event" + std::to_string(i));
    taken();
    for (int i = 0; i < 100; ++i) log.limited(Level::kWarn, "more" + std::to_string(i));
    auto const text = taken();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
}

}  // namespace
}  // namespace sewa::observe
