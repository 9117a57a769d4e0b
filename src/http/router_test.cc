#include "http/router.h"

#include <gtest/gtest.h>

#include "http/server_for_test.h"

namespace sewa::http {
namespace {

class RouterTest : public testing::Test {
protected:
    void add(Method method, std::string pattern, std::string name) {
        server_.router.add({.method = method,
                            .pattern = std::move(pattern),
                            .handler = [name](RequestContext& context, PathIds const& ids) {
                                auto text = name;
                                for (std::size_t i = 0; i < ids.size(); ++i) {
                                    text += " " + std::to_string(ids[i]);
                                }
                                context.respond(Response::text(200, text));
                            }});
    }

    std::string ask(std::string const& line) {
        auto client = server_.connect();
        client.write(line + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        server_.turn(3);
        return client.read();
    }

    TestServer server_;
};

TEST_F(RouterTest, matches_literals_and_captures_with_and_without_the_last_slash) {
    add(Method::kGet, "/", "root");
    add(Method::kGet, "/things/", "list");
    add(Method::kGet, "/things/{id}/", "one");
    add(Method::kGet, "/things/{id}/parts/{id}", "part");
    add(Method::kGet, "/things/archived/", "archived");

    struct Row {
        char const* line;
        char const* answer;
    };
    for (auto const& [line, answer] :
         {Row{"GET /", "root"}, Row{"GET /things", "list"}, Row{"GET /things/", "list"},
          Row{"GET /things/7", "one 7"}, Row{"GET /things/7/?a=b", "one 7"},
          Row{"GET /things/7/parts/9/", "part 7 9"}, Row{"GET /things/archived", "archived"},
          Row{"GET /things/9007199254740991", "one 9007199254740991"}}) {
        auto const text = ask(line);
        EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << line << "\n" << text;
        EXPECT_TRUE(text.ends_with("\r\n\r\n" + std::string(answer))) << line << "\n" << text;
    }
}

TEST_F(RouterTest, what_no_route_has_is_404) {
    add(Method::kGet, "/things/{id}/", "one");
    for (auto const* line :
         {"GET /", "GET /thing/1", "GET /things", "GET /things/x", "GET /things/1x",
          "GET /things/0", "GET /things/-1", "GET /things/9007199254740992", "GET /things/1//",
          "GET //things/1", "GET /things/1/more"}) {
        EXPECT_TRUE(ask(line).starts_with("HTTP/1.1 404 ")) << line;
    }
}

TEST_F(RouterTest, another_method_is_405_with_allow) {
    add(Method::kGet, "/things/", "list");
    add(Method::kPost, "/things/", "create");
    auto const text = ask("DELETE /things/");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 405 "));
    EXPECT_NE(text.find("Allow: GET, HEAD, POST, OPTIONS\r\n"), text.npos) << text;
}

TEST_F(RouterTest, head_uses_the_get_route_and_has_no_content) {
    add(Method::kGet, "/", "root");
    auto const text = ask("HEAD /");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_NE(text.find("Content-Length: 4\r\n"), text.npos);
    EXPECT_TRUE(text.ends_with("\r\n\r\n"));
}

TEST_F(RouterTest, the_fallback_gets_paths_without_a_route_but_not_wrong_methods) {
    add(Method::kGet, "/api", "api");
    server_.router.set_fallback(
        [](RequestContext& context) { context.respond(Response::text(200, "file")); });
    EXPECT_TRUE(ask("GET /style.css").ends_with("file"));
    EXPECT_TRUE(ask("POST /api").starts_with("HTTP/1.1 405 "));
}

TEST_F(RouterTest, the_body_limit_is_the_routes) {
    server_.router.add({.method = Method::kPost,
                        .pattern = "/small",
                        .handler =
                            [](RequestContext& context, PathIds const&) {
                                context.respond(Response::text(200, context.request().body));
                            },
                        .body_bytes_max = 4});
    auto client = server_.connect();
    client.write("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nabcd");
    server_.turn(2);
    EXPECT_TRUE(client.read().ends_with("abcd"));
    client.write("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde");
    server_.turn(2);
    EXPECT_TRUE(client.read().starts_with("HTTP/1.1 413 "));
}

}  // namespace
}  // namespace sewa::http
