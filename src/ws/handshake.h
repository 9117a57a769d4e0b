#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ws/deflate_offer.h"

namespace sewa::ws {

// RFC 6455 §4.2, the server's half of the opening handshake. Pure; any thread.

// All values of a header, joined by ", "; empty when it is absent. Names in any case.
using HeaderLookup = std::function<std::string(std::string_view name)>;

struct HandshakeRequest {
    std::string_view method;
    int http_version = 11;  // 10 × major + minor.
    HeaderLookup header;
};

struct HandshakeOptions {
    std::span<std::string_view const> subprotocols;  // What we speak, in any order.
    bool deflate = true;
};

struct Handshake {
    std::string accept;       // Sec-WebSocket-Accept.
    std::string subprotocol;  // The first of the client's that we speak; empty: none.
    std::optional<DeflateAgreement> deflate;

    // The 101 response, to be sent as it is.
    std::string response() const;
};

struct HeaderField {
    std::string_view name;  // Empty: not there.
    std::string_view value;
};

// A refusal over HTTP. The texts are literals.
struct HandshakeRefusal {
    int status;
    std::string_view reason;
    std::array<HeaderField, 2> headers{};
};

struct HandshakeResult {
    std::optional<Handshake> accepted;
    HandshakeRefusal refusal{};  // When nothing was accepted.
};

HandshakeResult negotiate(HandshakeRequest const& request, HandshakeOptions const& options);

// RFC 6455 §4.2.2: base64 of the SHA-1 of key and GUID.
std::string accept_key(std::string_view client_key);

}  // namespace sewa::ws
