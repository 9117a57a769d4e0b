#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ws/event_log_for_test.h"

namespace sewa::conformance {

using Lines = std::vector<std::string>;

// What a client sends on one connection: the handshake, then these bytes, whatever they are.
struct Plan {
    std::string bytes;
    std::size_t chop = 0;    // At most so many bytes per write; 0: as many as go.
    std::string extensions;  // Value of Sec-WebSocket-Extensions; empty: not sent.
    std::string more_headers;
};

struct Answer {
    Lines events;            // As EventLog writes them.
    std::string extensions;  // What the server chose.
    std::string head;        // The HTTP response.
    std::string wire;        // Everything behind it.
    bool ended = false;      // The server ended the stream, without a reset.
};

// Sends and reads at the same time until the server ends the stream, or nothing happens for 20 s.
Answer talk(Plan const& plan);

// Sends a request that is no handshake and returns the response.
std::string talk_http(std::string const& request);

// Sends bytes that a close frame with 1000 follows, and expects `events` and the close answer.
void expect_echo(std::string const& bytes, Lines events, std::size_t chop = 0);

// Sends bytes and expects `events`, then a close frame with `code` and the end of the stream,
// without having sent a close frame itself.
void expect_failure(std::string const& bytes, Lines const& events, int code, std::size_t chop = 0);

std::string text(std::string_view payload);
std::string binary(std::string_view payload);
std::string ping(std::string_view payload);
std::string pong(std::string_view payload);
std::string close(std::uint16_t code, std::string_view reason = {});
// A fragment that more follow; the opcode of the first one, kContinuation for the others.
std::string part(ws::Opcode opcode, std::string_view payload);
std::string last(std::string_view payload);
// The message in fragments of `size` bytes.
std::string fragments(ws::Opcode opcode, std::string_view payload, std::size_t size);
// A frame without payload whose first byte is `first`.
std::string bare(unsigned char first);

}  // namespace sewa::conformance
