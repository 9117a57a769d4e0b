#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sewa::ws {

// What both sides agreed on (RFC 7692 §7.1). Context takeover is always off in both directions.
// The client may use any window; we inflate with the largest.
struct DeflateAgreement {
    // The client's limit for what we send. Instead of compressing anew with a small window, a
    // message longer than the window is sent plain: a distance never exceeds the message.
    int server_window_bits = 15;
    bool answer_window_bits = false;

    // Value of Sec-WebSocket-Extensions in the response.
    std::string header() const;
};

struct DeflateNegotiation {
    bool malformed = false;  // Breaks the grammar of RFC 6455 §9.1: refuse the handshake.
    std::optional<DeflateAgreement> agreement;
};

// `header` is the request's Sec-WebSocket-Extensions, several lines joined by commas. The first
// offer of permessage-deflate that is valid wins; the others and unknown extensions are declined.
// Pure; any thread.
DeflateNegotiation negotiate_deflate(std::string_view header);

}  // namespace sewa::ws
