#include "ws/handshake.h"

#include <gtest/gtest.h>

#include <map>

#include "ws/header_text.h"

namespace sewa::ws {
namespace {

using Headers = std::map<std::string, std::string, std::less<>>;

Headers good_headers() {
    return {{"Host", "server.example.com"},
            {"Upgrade", "websocket"},
            {"Connection", "Upgrade"},
            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
            {"Sec-WebSocket-Version", "13"}};
}

HandshakeRequest request_with(Headers headers, std::string_view method = "GET", int version = 11) {
    auto lookup = [headers = std::move(headers)](std::string_view name) {
        auto const found = headers.find(name);
        return found == headers.end() ? std::string() : found->second;
    };
    return {method, version, std::move(lookup)};
}

TEST(Handshake, RFC_6455_1_3_example) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    auto const result = negotiate(request_with(good_headers()), {});
    ASSERT_TRUE(result.accepted);
    EXPECT_EQ(result.accepted->response(),
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

struct HeaderCase {
    std::string name;
    std::string value;
    int status;  // 0: accepted.
};

TEST(Handshake, each_header_is_judged) {
    for (auto const& [name, value, status] : {
             HeaderCase{"Host", "", 400},
             {"Upgrade", "", 426},
             {"Upgrade", "h2c", 426},
             {"Upgrade", "WebSocket", 0},
             {"Upgrade", "h2c, websocket", 0},
             {"Upgrade", "websocketx", 426},
             {"Upgrade", "websocket/13", 426},
             {"Upgrade", ";websocket", 426},
             {"Upgrade", "web{socket", 426},
             {"Connection", "", 400},
             {"Connection", "keep-alive", 400},
             {"Connection", "upgrade", 0},
             {"Connection", "keep-alive, Upgrade", 0},
             {"Connection", "keep-alive,,UPGRADE ,x", 0},
             {"Connection", "not-upgrade", 400},
             {"Sec-WebSocket-Version", "", 426},
             {"Sec-WebSocket-Version", "8", 426},
             {"Sec-WebSocket-Version", "13, 8", 426},
             {"Sec-WebSocket-Version", "130", 426},
             {"Sec-WebSocket-Key", "", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==, x", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQQ=", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j*Q==", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j:Q==", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j~Q==", 400},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub+/jZQ==", 0},
             {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZWVl", 400},
             {"Sec-WebSocket-Extensions", "foo, bar; baz=1", 0},
             {"Sec-WebSocket-Extensions", "foo bar", 400},
             {"Sec-WebSocket-Extensions", "; x", 400},
             {"Sec-WebSocket-Extensions", std::string("x\0y", 3), 400},
             {"Sec-WebSocket-Extensions", "permessage-deflate; =1", 400},
             {"Sec-WebSocket-Extensions", "x; y=", 400},
             {"Sec-WebSocket-Extensions", "x; y=;", 400},
             {"Sec-WebSocket-Extensions", "x; y=\"a", 400},
             {"Sec-WebSocket-Extensions", "x; y=\"a\\", 400},
             {"Sec-WebSocket-Extensions", ",, x,, y", 0},
             {"Sec-WebSocket-Protocol", "chat, superchat", 0},
             {"Sec-WebSocket-Protocol", "chat; q=1", 400},
             {"Sec-WebSocket-Protocol", "\"chat\"", 400},
             {"Sec-WebSocket-Protocol", "chat,, superchat", 0},
         }) {
        auto headers = good_headers();
        headers[name] = value;
        auto const result = negotiate(request_with(headers), {});
        EXPECT_EQ(result.accepted ? 0 : result.refusal.status, status) << name << ": " << value;
    }
}

TEST(Handshake, another_method_or_http_version_is_refused) {
    EXPECT_EQ(negotiate(request_with(good_headers(), "POST"), {}).refusal.status, 405);
    EXPECT_EQ(negotiate(request_with(good_headers(), "GET", 10), {}).refusal.status, 400);
}

TEST(Handshake, a_wrong_version_is_told_the_right_one) {
    auto headers = good_headers();
    headers["Sec-WebSocket-Version"] = "25";
    auto const refusal = negotiate(request_with(headers), {}).refusal;
    EXPECT_EQ(refusal.headers[1].name, "Sec-WebSocket-Version");
    EXPECT_EQ(refusal.headers[1].value, "13");
}

TEST(Handshake, the_first_subprotocol_of_the_client_that_we_speak_is_chosen) {
    constexpr std::string_view spoken[] = {"sewa.v1", "sewa.v0"};
    for (auto const& [offered, chosen] : {
             std::pair<std::string, std::string>{"", ""},
             {"x", ""},
             {"sewa.v1, bearer.abc", "sewa.v1"},
             {"x, sewa.v0, sewa.v1", "sewa.v0"},
             {"SEWA.V1", ""},
         }) {
        auto headers = good_headers();
        headers["Sec-WebSocket-Protocol"] = offered;
        auto const result = negotiate(request_with(headers), {.subprotocols = spoken});
        ASSERT_TRUE(result.accepted);
        EXPECT_EQ(result.accepted->subprotocol, chosen);
        auto const line = "Sec-WebSocket-Protocol: " + chosen + "\r\n";
        EXPECT_EQ(result.accepted->response().find(line) != std::string::npos, !chosen.empty());
    }
}

struct OfferCase {
    std::string offer;
    std::string answer;  // Empty: declined.
};

constexpr char kAnswer[] =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

TEST(Handshake, RFC_7692_7_1_offers) {
    std::string const answer = kAnswer;
    for (auto const& [offer, expected] : {
             OfferCase{"", ""},
             {"permessage-deflate", answer},
             {"permessage-deflate; client_max_window_bits", answer},
             {"permessage-deflate; client_max_window_bits=8", answer},
             {"permessage-deflate; client_max_window_bits=\"15\"", answer},
             {"permessage-deflate;server_no_context_takeover;client_no_context_takeover", answer},
             {"permessage-deflate; server_max_window_bits=10",
              answer + "; server_max_window_bits=10"},
             {"permessage-deflate; server_max_window_bits", ""},
             {"permessage-deflate; server_max_window_bits=9",
              answer + "; server_max_window_bits=9"},
             {"permessage-deflate; server_max_window_bits=\"1/\"", ""},
             {"permessage-deflate; server_max_window_bits=7", ""},
             {"permessage-deflate; server_max_window_bits=16", ""},
             {"permessage-deflate; server_max_window_bits=08", ""},
             {"permessage-deflate; server_max_window_bits=+9", ""},
             {"permessage-deflate; client_max_window_bits=0", ""},
             {"permessage-deflate; server_no_context_takeover=1", ""},
             {"permessage-deflate; unknown", ""},
             {"permessage-deflate; client_max_window_bits; client_max_window_bits=10", ""},
             {"permessage-deflate; unknown, permessage-deflate; server_max_window_bits=12, "
              "permessage-deflate",
              answer + "; server_max_window_bits=12"},
             {"x-webkit-deflate-frame, permessage-deflate", answer},
             {"x; y=\"a,b;c\", permessage-deflate", answer},
         }) {
        auto headers = good_headers();
        headers["Sec-WebSocket-Extensions"] = offer;
        auto const result = negotiate(request_with(headers), {});
        ASSERT_TRUE(result.accepted) << offer;
        EXPECT_EQ(result.accepted->deflate ? result.accepted->deflate->header() : "", expected)
            << offer;
        EXPECT_FALSE(negotiate(request_with(headers), {.deflate = false}).accepted->deflate);
    }
}

TEST(Handshake, an_endless_list_of_offers_is_refused) {
    std::string offers = "x";
    for (int i = 0; i < 16; ++i) offers += ",x";
    EXPECT_TRUE(negotiate_deflate(offers).malformed);
    std::string parameters = "x";
    for (int i = 0; i < 17; ++i) parameters += ";x";
    EXPECT_TRUE(negotiate_deflate(parameters).malformed);
}

TEST(HeaderText, a_quoted_string_may_escape_and_must_end) {
    EXPECT_EQ(HeaderText(R"("a\"b")").take_quoted(), "a\"b");
    EXPECT_FALSE(HeaderText(R"("a)").take_quoted());
    EXPECT_FALSE(HeaderText(R"("a\)").take_quoted());
}

TEST(Handshake, the_response_names_the_agreed_compression) {
    auto headers = good_headers();
    headers["Sec-WebSocket-Extensions"] = "permessage-deflate";
    auto const line = "Sec-WebSocket-Extensions: " + std::string(kAnswer) + "\r\n";
    auto const response = negotiate(request_with(headers), {}).accepted->response();
    EXPECT_NE(response.find(line), std::string::npos) << response;
    auto const without = negotiate(request_with(headers), {.deflate = false}).accepted->response();
    EXPECT_EQ(without.find("Sec-WebSocket-Extensions"), std::string::npos) << without;
}

}  // namespace
}  // namespace sewa::ws
