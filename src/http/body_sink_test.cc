// Bodies that are streamed: back-pressure, refusals, disconnects.
#include <gtest/gtest.h>

#include "http/server_for_test.h"

namespace sewa::http {
namespace {

struct SinkLog {
    std::string seen;
    std::size_t largest = 0;
    bool takes_more = true;
    bool is_alive = false;
    std::optional<BodyTap> tap;
    std::optional<Error> refuses_with;
};

class LoggingSink final : public BodySink {
public:
    explicit LoggingSink(SinkLog& log) : log_(log) { log_.is_alive = true; }
    ~LoggingSink() override { log_.is_alive = false; }

    void on_begin(BodyTap const& tap) override { log_.tap = tap; }
    Status on_chunk(std::string_view bytes) override {
        log_.seen += bytes;
        log_.largest = std::max(log_.largest, bytes.size());
        if (log_.refuses_with) return fail(*log_.refuses_with);
        return {};
    }
    bool takes_more() const override { return log_.takes_more; }

private:
    SinkLog& log_;
};

class BodySinkTest : public testing::Test {
protected:
    void SetUp() override {
        server_.router.set_error_page([](Refusal const& refusal) {
            return Response::text(refusal.status,
                                  refusal.error ? "sink: " + refusal.error->field : refusal.reason);
        });
        server_.router.add({.method = Method::kPost,
                            .pattern = "/upload",
                            .handler =
                                [](RequestContext& context, PathIds const&) {
                                    EXPECT_NE(context.take_sink(), nullptr);
                                    context.respond(Response::text(200, "stored"));
                                },
                            .plan_body =
                                [this](Request const& request) {
                                    BodyPlan plan{.bytes_max = 1 << 20,
                                                  .sink = std::make_unique<LoggingSink>(log_)};
                                    if (request.headers.find("X-Refuse")) {
                                        plan.refusal = Response::text(401, "who are you");
                                    }
                                    return plan;
                                }});
    }

    std::string head(std::size_t length, std::string const& more = {}) {
        return "POST /upload HTTP/1.1\r\nHost: h\r\n" + more +
               "Content-Length: " + std::to_string(length) + "\r\n\r\n";
    }

    TestServer server_;
    SinkLog log_;
};

TEST_F(BodySinkTest, nothing_is_read_while_the_sink_takes_no_more) {
    std::string const body(90'000, 'x');
    auto client = server_.connect();
    log_.takes_more = false;
    client.write(head(body.size()) + body);
    server_.turn(20);
    EXPECT_LE(log_.seen.size(), 64u * 1024) << "one read";
    EXPECT_EQ(client.read(), "");
    log_.takes_more = true;
    log_.tap->resume();
    EXPECT_NE(server_.read_all(client).find("stored"), std::string::npos);
    EXPECT_EQ(log_.seen, body);
    EXPECT_FALSE(log_.is_alive);
}

TEST_F(BodySinkTest, a_read_of_a_streamed_body_brings_no_more_than_32_kib) {
    auto client = server_.connect();
    client.write(head(90'000));
    server_.turn(2);
    client.write(std::string(90'000, 'x'));
    EXPECT_NE(server_.read_all(client).find("stored"), std::string::npos);
    EXPECT_EQ(log_.largest, 32u * 1024);
}

TEST_F(BodySinkTest, a_tap_that_is_opened_late_harms_nobody) {
    auto client = server_.connect();
    client.write(head(3) + "abc");
    EXPECT_NE(server_.read_all(client).find("stored"), std::string::npos);
    log_.tap->resume();
    client.close();
    server_.turn(2);
    log_.tap->resume();
    server_.turn();
}

TEST_F(BodySinkTest, a_plan_refuses_before_the_body_is_read) {
    auto client = server_.connect();
    client.write(head(3, "X-Refuse: 1\r\nExpect: 100-continue\r\n"));
    auto const text = server_.read_all(client);
    EXPECT_TRUE(text.starts_with("HTTP/1.1 401 ")) << text;
    EXPECT_NE(text.find("Connection: close"), text.npos);
    EXPECT_EQ(log_.seen, "");
    EXPECT_FALSE(log_.is_alive);
}

TEST_F(BodySinkTest, the_page_of_a_refusal_knows_the_error_of_the_sink) {
    auto client = server_.connect();
    log_.refuses_with = error(Errc::kContentRefused, "not this", "file");
    client.write(head(3) + "abc");
    auto const text = server_.read_all(client);
    EXPECT_TRUE(text.starts_with("HTTP/1.1 400 ")) << text;
    EXPECT_TRUE(text.ends_with("sink: file")) << text;
    EXPECT_FALSE(log_.is_alive);
}

TEST_F(BodySinkTest, the_sink_goes_with_its_connection) {
    auto client = server_.connect();
    client.write(head(100) + "abc");
    server_.turn(2);
    EXPECT_TRUE(log_.is_alive);
    client.close();
    server_.turn(3);
    EXPECT_FALSE(log_.is_alive);
}

TEST_F(BodySinkTest, a_body_that_stops_is_408_and_its_sink_is_gone) {
    auto client = server_.connect();
    client.write(head(100) + "abc");
    server_.turn(2);
    server_.pass(server_.options.body_ms_max + 1'100);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 408 "));
    EXPECT_FALSE(log_.is_alive);
}

}  // namespace
}  // namespace sewa::http
