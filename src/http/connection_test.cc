#include "http/connection.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "http/server_for_test.h"

namespace sewa::http {
namespace {

class HttpConnectionTest : public testing::Test {
protected:
    void SetUp() override {
        route(Method::kGet, "/now", [](RequestContext& context) {
            context.respond(Response::text(200, *context.request().query.find("n")));
        });
        route(Method::kGet, "/later",
              [this](RequestContext& context) { responder_.emplace(context.defer()); });
        route(Method::kPost, "/echo", [](RequestContext& context) {
            context.respond(Response::text(200, context.request().body));
        });
    }

    void route(Method method, std::string pattern, std::function<void(RequestContext&)> handler) {
        server_.router.add(
            {.method = method,
             .pattern = std::move(pattern),
             .handler = [handler](RequestContext& context, PathIds const&) { handler(context); }});
    }

    TestServer server_;
    std::optional<Responder> responder_;
};

constexpr std::string_view kLater = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";

std::string now(std::string const& n) {
    return "GET /now?n=" + n + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

TEST_F(HttpConnectionTest, a_pipeline_is_answered_in_order) {
    auto client = server_.connect();
    client.write(now("1") + now("2") + now("3"));
    server_.turn(2);
    auto const text = client.read();
    auto const first = text.find("\r\n\r\n1"), second = text.find("\r\n\r\n2"),
               third = text.find("\r\n\r\n3");
    EXPECT_LT(first, second);
    EXPECT_LT(second, third);
    EXPECT_NE(third, text.npos);
}

TEST_F(HttpConnectionTest, the_next_request_is_not_handled_before_the_answer) {
    auto client = server_.connect();
    client.write(std::string(kLater) + now("2"));
    server_.turn(3);
    EXPECT_EQ(client.read(), "");
    ASSERT_TRUE(responder_);
    responder_->send(Response::text(200, "first"));
    server_.turn(3);
    auto const text = client.read();
    EXPECT_LT(text.find("first"), text.find("\r\n\r\n2"));
    EXPECT_NE(text.find("\r\n\r\n2"), text.npos);
}

TEST_F(HttpConnectionTest, bytes_that_arrive_while_the_answer_is_due_wait) {
    auto client = server_.connect();
    client.write(kLater);
    server_.turn(2);
    client.write(now("2"));
    server_.turn(3);
    EXPECT_EQ(client.read(), "");
    responder_->send(Response::text(200, "first"));
    server_.turn(3);
    EXPECT_TRUE(client.read().ends_with("\r\n\r\n2"));
}

TEST_F(HttpConnectionTest, an_answer_from_another_thread_arrives) {
    auto client = server_.connect();
    client.write(kLater);
    server_.turn(2);
    std::thread([this] { responder_->send(Response::json(200, "{}")); }).join();
    server_.turn(2);
    EXPECT_TRUE(client.read().ends_with("\r\n\r\n{}"));
}

TEST_F(HttpConnectionTest, an_answer_for_a_connection_that_has_gone_is_dropped) {
    auto client = server_.connect();
    client.write(kLater);
    server_.turn(2);
    client.close();
    server_.turn(2);
    auto other = server_.connect();  // Takes the same slot.
    responder_->send(Response::text(200, "late"));
    server_.turn(2);
    EXPECT_EQ(other.read(), "");
}

TEST_F(HttpConnectionTest, a_responder_that_is_dropped_answers_500) {
    auto client = server_.connect();
    client.write(kLater);
    server_.turn(2);
    responder_.reset();
    server_.turn(2);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 500 "));
}

TEST_F(HttpConnectionTest, a_handler_that_does_nothing_answers_500) {
    route(Method::kGet, "/nothing", [](RequestContext&) {});
    auto client = server_.connect();
    client.write("GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n");
    server_.turn(2);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 500 "));
}

TEST_F(HttpConnectionTest, an_answer_that_does_not_come_is_503_and_the_end) {
    auto client = server_.connect();
    client.write(kLater);
    server_.turn(2);
    server_.pass(server_.options.answer_ms_max);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 503 "));
    responder_->send(Response::text(200, "too late"));
    server_.turn(2);
    EXPECT_EQ(client.read(), "");
    EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnectionTest, a_slow_header_is_408_even_when_bytes_keep_coming) {
    auto client = server_.connect();
    client.write("GET / HTTP/1.1\r\nHost: h");
    server_.turn();
    for (int i = 0; i < 9; ++i) {
        server_.pass(1'000);
        client.write("h");
    }
    EXPECT_EQ(client.read(), "");
    server_.pass(1'000);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpConnectionTest, a_header_that_stops_is_408_after_its_time) {
    auto client = server_.connect();
    client.write("GET / HTTP/1.1\r\nHost: h\r\n");
    server_.turn(2);
    server_.pass(server_.options.header_ms_max - 1'000);
    EXPECT_EQ(client.read(), "");
    server_.pass(1'000);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpConnectionTest, a_connection_that_sends_nothing_is_closed) {
    auto client = server_.connect();
    server_.pass(server_.options.header_ms_max);
    EXPECT_EQ(client.read(), "");
    EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnectionTest, an_idle_connection_is_closed_after_its_time) {
    auto client = server_.connect();
    client.write(now("1"));
    server_.turn(2);
    client.read();
    server_.pass(server_.options.idle_ms_max - 1'000);
    client.read();
    EXPECT_FALSE(client.is_at_end());
    server_.pass(1'000);
    client.read();
    EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnectionTest, a_body_that_trickles_is_408) {
    auto client = server_.connect();
    client.write("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
    server_.turn(2);
    for (int i = 0; i < 29; ++i) {
        client.write("x");
        server_.pass(1'000);
    }
    EXPECT_EQ(client.read(), "");
    server_.pass(1'000);
    server_.pass(1'000);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 408 "));
}

TEST_F(HttpConnectionTest, a_refused_request_ends_the_connection_and_what_follows_is_not_read) {
    auto client = server_.connect();
    client.write("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n" +
                 now("9"));
    server_.turn(3);
    auto const text = client.read();
    EXPECT_TRUE(text.starts_with("HTTP/1.1 400 ")) << text;
    EXPECT_NE(text.find("Connection: close\r\n"), text.npos);
    EXPECT_EQ(text.find("HTTP/1.1", 5), text.npos);
    client.read();
    EXPECT_TRUE(client.is_at_end());
}

TEST_F(HttpConnectionTest, connection_close_and_http_1_0_end_after_the_answer) {
    for (auto const* text : {"GET /now?n=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                             "GET /now?n=1 HTTP/1.0\r\n\r\n"}) {
        auto client = server_.connect();
        client.write(text);
        server_.turn(2);
        EXPECT_TRUE(client.read().ends_with("\r\n\r\n1"));
        client.read();
        EXPECT_TRUE(client.is_at_end()) << text;
    }
}

TEST_F(HttpConnectionTest, expect_100_continue_is_answered_before_the_body) {
    auto client = server_.connect();
    client.write(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    server_.turn(2);
    EXPECT_EQ(client.read(), "HTTP/1.1 100 Continue\r\n\r\n");
    client.write("ok");
    server_.turn(2);
    EXPECT_TRUE(client.read().ends_with("\r\n\r\nok"));
}

TEST_F(HttpConnectionTest, a_body_that_is_announced_too_long_is_413_without_100_continue) {
    auto client = server_.connect();
    client.write(
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nExpect: "
        "100-continue\r\n\r\n");
    server_.turn(2);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpConnectionTest, an_upgrade_hands_the_following_bytes_to_the_next_protocol) {
    route(Method::kGet, "/ws", [this](RequestContext& context) {
        context.upgrade("HTTP/1.1 101 Switching Protocols\r\n\r\n",
                        std::make_unique<net::LoggingProtocol>(server_.log));
    });
    auto client = server_.connect();
    client.write(
        "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nframes");
    server_.turn(2);
    EXPECT_EQ(client.read(), "HTTP/1.1 101 Switching Protocols\r\n\r\n");
    EXPECT_EQ(server_.log.received, "frames");
    server_.pass(server_.options.idle_ms_max);
    client.write("more");
    server_.turn(2);
    EXPECT_EQ(server_.log.received, "framesmore");
    client.close();
    server_.turn(2);
    EXPECT_EQ(server_.log.closed, 1);
}

TEST_F(HttpConnectionTest, a_client_that_pipelines_but_does_not_read_is_made_to_wait) {
    route(Method::kGet, "/page", [](RequestContext& context) {
        context.respond(Response::text(200, std::string(100'000, 'p')));
    });
    auto client = server_.connect();
    std::string pipeline;
    for (int i = 0; i < 50; ++i) pipeline += "GET /page HTTP/1.1\r\nHost: h\r\n\r\n";
    client.write(pipeline);
    server_.turn(5);
    EXPECT_LT(server_.connection->queued_bytes(), 512'000u);
    EXPECT_GE(server_.read_all(client).size(), 5'000'000u);
}

TEST_F(HttpConnectionTest, a_file_follows_its_header) {
    char path[] = "/tmp/sewa_http_test_XXXXXX";
    net::UniqueFd file(mkstemp(path));
    unlink(path);
    std::string const content(300'000, 'f');
    ASSERT_EQ(write(file.get(), content.data(), content.size()), 300'000);
    route(Method::kGet, "/file", [&](RequestContext& context) {
        Response response(200);
        response.file(net::UniqueFd(dup(file.get())), 100, 299'900);
        context.respond(std::move(response));
    });
    auto client = server_.connect();
    client.write("GET /file HTTP/1.1\r\nHost: h\r\n\r\n");
    auto const text = server_.read_all(client);
    auto const head = text.find("\r\n\r\n");
    EXPECT_NE(text.find("Content-Length: 299900\r\n"), text.npos);
    EXPECT_EQ(text.substr(head + 4), content.substr(100));
}

TEST(Response, drops_control_characters_so_that_no_value_adds_a_field) {
    Response response(200);
    response.header("X", "a\r\nSet-Cookie: b");
    EXPECT_NE(response.head("", WallMs{0}).find("X: aSet-Cookie: b\r\n"), std::string::npos);
}

TEST(Response, statuses_without_content_have_no_length) {
    EXPECT_EQ(Response(204).head("", WallMs{784'111'777'000}),
              "HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n");
}

}  // namespace
}  // namespace sewa::http
