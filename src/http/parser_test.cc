#include "http/parser.h"

#include <gtest/gtest.h>

namespace sewa::http {
namespace {

struct Outcome {
    Parser::State state;
    int status;  // 0 unless refused.
    std::string body;
    std::size_t taken;
};

// Presents the bytes in pieces of `piece`, keeping what is not taken, as a connection does.
Outcome parse_in_pieces(std::string_view bytes, std::size_t piece,
                        std::uint64_t body_bytes_max = 1000) {
    Parser parser({});
    std::size_t begin = 0;
    std::size_t end = 0;
    while (end < bytes.size()) {
        end = std::min(end + piece, bytes.size());
        while (begin < end) {
            auto const before = parser.state();
            if (before == Parser::State::kBody) parser.begin_body(body_bytes_max, nullptr);
            auto const taken = parser.parse(bytes.substr(begin, end - begin));
            begin += taken;
            bool const is_done = parser.state() >= Parser::State::kComplete;
            if (is_done) break;
            if (taken == 0 && parser.state() == before) break;
        }
        if (parser.state() >= Parser::State::kComplete) break;
    }
    bool const is_refused = parser.state() == Parser::State::kRefused;
    return {parser.state(), is_refused ? parser.refusal().status : 0, parser.request().body, begin};
}

TEST(Parser, reads_method_target_fields_and_body) {
    std::string_view const text =
        "POST /a/b?x=1&y=%20 HTTP/1.1\r\nHost: h\r\nX-One:  spaced \t\r\nContent-Length: "
        "5\r\n\r\nhello";
    Parser parser({});
    auto const head = parser.parse(text);
    ASSERT_EQ(parser.state(), Parser::State::kBody);
    EXPECT_EQ(parser.content_length(), 5u);
    parser.begin_body(5, nullptr);
    EXPECT_EQ(head + parser.parse(text.substr(head)), text.size());
    ASSERT_EQ(parser.state(), Parser::State::kComplete);

    auto const& request = parser.request();
    EXPECT_EQ(request.method, Method::kPost);
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query.find("y"), " ");
    EXPECT_EQ(request.headers.find("x-ONE"), "spaced");
    EXPECT_EQ(request.body, "hello");
    EXPECT_TRUE(request.keep_alive);
}

TEST(Parser, keep_alive_follows_version_and_connection_field) {
    struct Row {
        char const* text;
        bool keeps;
    };
    for (auto const& [text, keeps] :
         {Row{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", true},
          Row{"GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n", false},
          Row{"GET / HTTP/1.1\r\nHost: h\r\nConnection: foo, close\r\n\r\n", false},
          Row{"GET / HTTP/1.0\r\n\r\n", false},
          Row{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true}}) {
        Parser parser({});
        parser.parse(text);
        ASSERT_EQ(parser.state(), Parser::State::kComplete) << text;
        EXPECT_EQ(parser.request().keep_alive, keeps) << text;
    }
}

TEST(Parser, bodies_are_the_same_however_the_bytes_arrive) {
    struct Row {
        std::string text;
        char const* body;
    };
    std::string const head = "POST / HTTP/1.1\r\nHost: h\r\n";
    std::string const chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
    for (auto const& [text, body] :
         {Row{head + "Content-Length: 3\r\n\r\nabcREST", "abc"}, Row{chunked + "0\r\n\r\nREST", ""},
          Row{chunked + "3\r\nabc\r\n2;x=\"y\"\r\nde\r\n0\r\n\r\nREST", "abcde"},
          Row{chunked + "A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nREST", "0123456789"}}) {
        for (std::size_t piece = 1; piece <= text.size(); ++piece) {
            auto const outcome = parse_in_pieces(text, piece);
            ASSERT_EQ(outcome.state, Parser::State::kComplete) << text << " by " << piece;
            EXPECT_EQ(outcome.body, body) << text << " by " << piece;
            EXPECT_EQ(outcome.taken, text.size() - 4) << text << " by " << piece;
        }
    }
}

TEST(Parser, refuses_every_shape_that_two_parsers_could_read_differently) {
    std::string const get = "GET / HTTP/1.1\r\nHost: h\r\n";
    std::string const post = "POST / HTTP/1.1\r\nHost: h\r\n";
    for (auto const& text : {
             post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
             post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
             post + "Content-Length: 3, 3\r\n\r\nabc",
             post + "Content-Length: +3\r\n\r\nabc",
             post + "Content-Length: -3\r\n\r\nabc",
             post + "Content-Length: 0x3\r\n\r\nabc",
             post + "Content-Length: 3 3\r\n\r\nabc",
             post + "Content-Length:\r\n\r\nabc",
             post + "Content-Length: 99999999999999999999\r\n\r\nabc",
             post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding:\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
             post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
             std::string("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
             get + "X: a\r\n b\r\n\r\n",
             get + " X: a\r\n\r\n",
             get + "X : a\r\n\r\n",
             get + ": a\r\n\r\n",
             get + "X\r\n\r\n",
             get + "X: a\rb\r\n\r\n",
             get + "X: a\nY: b\r\n\r\n",
             get + std::string("X: a\0b\r\n\r\n", 10),
             get + "Host: other\r\n\r\n",
             get + "\n\r\n",
             std::string("GET / HTTP/1.1\r\n\r\n"),
             std::string("GET / HTTP/1.1\nHost: h\n\n"),
             std::string("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
             std::string("GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
             std::string("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
             std::string("G\x01T / HTTP/1.1\r\nHost: h\r\n\r\n"),
             std::string("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
             std::string("GET /../etc HTTP/1.1\r\nHost: h\r\n\r\n"),
             post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n",
             post + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\na\r\n0\r\n\r\n",
         }) {
        auto const outcome = parse_in_pieces(text, text.size());
        EXPECT_EQ(outcome.state, Parser::State::kRefused) << text;
        EXPECT_TRUE(outcome.status >= 400) << text << outcome.status;
        for (std::size_t piece = 1; piece < text.size(); ++piece) {
            // In pieces some wait for more, until the deadline; none becomes a request.
            EXPECT_NE(parse_in_pieces(text, piece).state, Parser::State::kComplete)
                << text << " by " << piece;
        }
    }
}

TEST(Parser, versions_other_than_1_0_and_1_1_are_505) {
    for (auto const* text :
         {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
          "GET / HTTP/0.9\r\nHost: h\r\n\r\n"}) {
        EXPECT_EQ(parse_in_pieces(text, 1000).status, 505) << text;
    }
}

TEST(Parser, header_bytes_and_count_are_bounded_also_when_the_header_never_ends) {
    std::string const start = "GET / HTTP/1.1\r\nHost: h\r\n";
    std::string many = start;
    for (int i = 0; i < 120; ++i) many += "A: b\r\n";
    std::string long_fields = start;
    for (int i = 0; i < 20; ++i) long_fields += "A: " + std::string(1000, 'x') + "\r\n";
    std::string const one_long = start + "A: " + std::string(20'000, 'x');
    std::string const long_target = "GET /" + std::string(20'000, 'x');
    std::string const chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    auto const trailer = chunked + "0\r\nT: " + std::string(20'000, 'x') + "\r\n\r\n";
    for (auto const& text : {many, long_fields, one_long, long_target, trailer}) {
        for (std::size_t const piece : {text.size(), std::size_t{1000}}) {
            auto const outcome = parse_in_pieces(text, piece);
            EXPECT_EQ(outcome.status, 431) << text.substr(0, 60) << " by " << piece;
        }
    }
}

TEST(Parser, a_body_above_its_limit_is_413_with_and_without_a_length) {
    std::string const post = "POST / HTTP/1.1\r\nHost: h\r\n";
    EXPECT_EQ(parse_in_pieces(post + "Content-Length: 11\r\n\r\n01234567890", 5, 10).status, 413);
    EXPECT_EQ(
        parse_in_pieces(post + "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n6\r\n", 7, 10)
            .status,
        413);
    EXPECT_EQ(parse_in_pieces(post + "Content-Length: 10\r\n\r\n0123456789", 5, 10).status, 0);
}

class FailingSink final : public BodySink {
public:
    Status on_chunk(std::string_view bytes) override {
        seen += bytes;
        if (seen.size() > 4) return fail(Errc::kTooLarge, "no more than four");
        return {};
    }
    std::string seen;
};

TEST(Parser, a_sink_takes_the_body_and_its_error_refuses_the_request) {
    std::string_view const text = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n";
    Parser parser({});
    FailingSink sink;
    parser.parse(text);
    parser.begin_body(100, &sink);
    parser.parse("abc");
    EXPECT_EQ(parser.state(), Parser::State::kBody);
    EXPECT_EQ(sink.seen, "abc");
    EXPECT_EQ(parser.request().body, "");
    parser.parse("def");
    EXPECT_EQ(parser.state(), Parser::State::kRefused);
    EXPECT_EQ(parser.refusal().status, 413);
    EXPECT_EQ(parser.refusal().reason, "no more than four");
}

}  // namespace
}  // namespace sewa::http
