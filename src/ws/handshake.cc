#include "ws/handshake.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "ws/header_text.h"

namespace sewa::ws {

namespace {

constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

constexpr HeaderField kAllowGet{"Allow", "GET"};
constexpr HeaderField kUpgradeHere{"Upgrade", "websocket"};
constexpr HeaderField kVersionHere{"Sec-WebSocket-Version", "13"};

constexpr HandshakeRefusal kNotGet{405, "the WebSocket handshake is a GET", {kAllowGet}};
constexpr HandshakeRefusal kOldHttp{400, "the WebSocket handshake needs HTTP/1.1"};
constexpr HandshakeRefusal kNoHost{400, "Host is missing"};
constexpr HandshakeRefusal kNoUpgrade{
    426, "this address speaks WebSocket only", {kUpgradeHere, kVersionHere}};
constexpr HandshakeRefusal kNoConnectionToken{400, "Connection does not name upgrade"};
constexpr HandshakeRefusal kBadVersion{
    426, "Sec-WebSocket-Version must be 13", {kUpgradeHere, kVersionHere}};
constexpr HandshakeRefusal kBadKey{400, "Sec-WebSocket-Key must be 16 bytes in base64"};
constexpr HandshakeRefusal kBadExtensions{400, "Sec-WebSocket-Extensions cannot be read"};
constexpr HandshakeRefusal kBadSubprotocols{400, "Sec-WebSocket-Protocol cannot be read"};

bool is_base64_char(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

// 16 bytes are 22 characters and two of padding.
bool is_client_key(std::string_view key) {
    return key.size() == 24 && key.ends_with("==") &&
           std::all_of(key.begin(), key.end() - 2, is_base64_char);
}

std::optional<HandshakeRefusal> check(HandshakeRequest const& request) {
    if (request.method != "GET") return kNotGet;
    if (request.http_version < 11) return kOldHttp;
    if (!list_has_token(request.header("Upgrade"), "websocket")) return kNoUpgrade;
    if (!list_has_token(request.header("Connection"), "upgrade")) return kNoConnectionToken;
    if (request.header("Host").empty()) return kNoHost;
    if (request.header("Sec-WebSocket-Version") != "13") return kBadVersion;
    if (!is_client_key(request.header("Sec-WebSocket-Key"))) return kBadKey;
    return std::nullopt;
}

// nullopt when the header breaks its grammar; empty when nothing was asked for that we speak.
std::optional<std::string> choose_subprotocol(std::string_view offered,
                                              std::span<std::string_view const> spoken) {
    HeaderText text(offered);
    std::string chosen;
    while (!text.at_end()) {
        if (text.take(',')) continue;
        auto const token = text.take_token();
        if (!token || (!text.at_end() && !text.take(','))) return std::nullopt;
        bool const known = std::find(spoken.begin(), spoken.end(), *token) != spoken.end();
        if (known && chosen.empty()) chosen = *token;
    }
    return chosen;
}

}  // namespace

HandshakeResult negotiate(HandshakeRequest const& request, HandshakeOptions const& options) {
    if (auto const refusal = check(request)) return {std::nullopt, *refusal};
    auto subprotocol =
        choose_subprotocol(request.header("Sec-WebSocket-Protocol"), options.subprotocols);
    if (!subprotocol) return {std::nullopt, kBadSubprotocols};
    auto const deflate = negotiate_deflate(request.header("Sec-WebSocket-Extensions"));
    if (deflate.malformed) return {std::nullopt, kBadExtensions};
    return {Handshake{accept_key(request.header("Sec-WebSocket-Key")), *std::move(subprotocol),
                      options.deflate ? deflate.agreement : std::nullopt}};
}

std::string Handshake::response() const {
    std::string text =
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        accept + "\r\n";
    if (!subprotocol.empty()) text += "Sec-WebSocket-Protocol: " + subprotocol + "\r\n";
    if (deflate) text += "Sec-WebSocket-Extensions: " + deflate->header() + "\r\n";
    return text + "\r\n";
}

std::string accept_key(std::string_view client_key) {
    auto const input = std::string(client_key).append(kGuid);
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<unsigned char const*>(input.data()), input.size(), digest.data());
    std::array<unsigned char, 32> text;  // 28 characters and a zero.
    int const size = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
    return {reinterpret_cast<char const*>(text.data()), static_cast<std::size_t>(size)};
}

}  // namespace sewa::ws
