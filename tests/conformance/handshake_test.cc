// The opening handshake over the real HTTP parser.
#include <gtest/gtest.h>

#include "raw_client.h"

namespace sewa::conformance {
namespace {

constexpr char kGoodHeaders[] =
    "Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

std::string status_line(std::string const& head) {
    return head.substr(0, head.find("\r\n"));
}

TEST(OpeningHandshake, the_example_of_RFC_6455_is_accepted) {
    auto const answer = talk({.bytes = close(1000)});
    EXPECT_EQ(status_line(answer.head), "HTTP/1.1 101 Switching Protocols");
    EXPECT_NE(answer.head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
              std::string::npos);
}

TEST(OpeningHandshake, frames_in_the_same_packet_as_the_request_are_read) {
    expect_echo(text("early"), {"text early"});
}

TEST(OpeningHandshake, offers_on_several_lines_are_one_list) {
    auto const answer = talk({.bytes = close(1000),
                              .extensions = "unknown",
                              .more_headers = "Sec-WebSocket-Extensions: permessage-deflate\r\n"});
    EXPECT_TRUE(answer.extensions.starts_with("permessage-deflate")) << answer.head;
}

struct RequestCase {
    std::string request_line;
    std::string from;  // In kGoodHeaders ...
    std::string to;    // ... is replaced by this.
    std::string status;
};

TEST(OpeningHandshake, what_is_no_handshake_is_refused_over_HTTP) {
    std::string const get = "GET / HTTP/1.1\r\n";
    for (auto const& [request_line, from, to, status] : {
             RequestCase{"POST / HTTP/1.1\r\nContent-Length: 0\r\n", "", "", "405"},
             {"GET / HTTP/1.0\r\n", "", "", "400"},
             {get, "Upgrade: websocket\r\n", "", "426"},
             {get, "Connection: Upgrade\r\n", "", "400"},
             {get, "Version: 13", "Version: 12", "426"},
             {get, "dGhl", "", "400"},
             {get, "Host: 127.0.0.1\r\n", "", "400"},
         }) {
        std::string headers = kGoodHeaders;
        headers.replace(headers.find(from), from.size(), to);
        auto const head = talk_http(request_line + headers + "\r\n");
        EXPECT_EQ(status_line(head).substr(0, 12), "HTTP/1.1 " + status) << head;
        bool const tells_version = head.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos;
        EXPECT_EQ(tells_version, status == "426") << head;
    }
}

}  // namespace
}  // namespace sewa::conformance
