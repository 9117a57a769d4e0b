#include "ws_client.h"

#include <cstdlib>
#include <utility>

#include "ws/deflate.h"
#include "ws/encoder.h"

namespace sewa::e2e {

namespace {

constexpr std::uint32_t kMask = 0x1B2C3D4E;
constexpr std::uint64_t kMessageBytesMax = 16 << 20;

// Of all decoders, which keep a pointer to it.
ws::Inflater inflater;
ws::DecoderOptions const kDecoderOptions{
    .message_bytes_max = kMessageBytesMax, .role = ws::Role::kClient, .inflater = &inflater};

std::string compressed_frame(std::string_view text) {
    static ws::Deflater deflater;
    std::string bytes;
    ws::append_frame(bytes, {.opcode = ws::Opcode::kText, .compressed = true, .mask = kMask},
                     deflater.deflate(text));
    return bytes;
}

}  // namespace

std::string frame(ws::Opcode opcode, std::string_view payload) {
    std::string bytes;
    ws::append_frame(bytes, {.opcode = opcode, .mask = kMask}, payload);
    return bytes;
}

void WsClient::Received::on_ping(std::string_view payload) {
    ++pings;
    pongs_due.emplace_back(payload);
}

void WsClient::Received::on_close(std::uint16_t code, std::string_view reason) {
    close_code = code;
    close_reason = reason;
}

void WsClient::Received::on_failure(ws::Violation const& violation) {
    close_code = -static_cast<int>(violation.code);
    close_reason = violation.reason;
}

WsClient::WsClient(std::uint16_t port, WsOptions options)
    : tcp_(port, {options.receive_buffer}),
      answers_pings_(options.answers_pings),
      decoder_(kDecoderOptions, ws::Compression::kNone) {
    shake_hands(options);
}

void WsClient::shake_hands(WsOptions const& options) {
    tcp_.send("GET " + options.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n" +
              "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + options.headers + "\r\n");
    Deadline const deadline;
    std::string bytes;
    std::size_t end = std::string::npos;
    while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
        if (tcp_.receive(bytes, deadline) != Tcp::Read::kData) return;
    }
    head_ = bytes.substr(0, end + 4);
    http_status_ = std::atoi(head_.c_str() + 9);
    if (is_compressed()) {
        decoder_ = ws::Decoder(kDecoderOptions, ws::Compression::kDeflate);
    }
    if (http_status_ == 101) feed(bytes.substr(end + 4));
}

bool WsClient::is_compressed() const {
    return head_.find("permessage-deflate") != std::string::npos;
}

void WsClient::send(std::string_view text) {
    tcp_.send(is_compressed() ? compressed_frame(text) : frame(ws::Opcode::kText, text));
}

void WsClient::close() {
    tcp_.send(ws::close_frame(1000, {}, kMask).wire());
}

void WsClient::feed(std::string bytes) {
    bytes_received_ += bytes.size();
    decoder_.feed(bytes, events_);
    for (auto const& payload : std::exchange(events_.pongs_due, {})) {
        if (answers_pings_) tcp_.send(ws::pong_frame(payload, kMask).wire());
    }
    // The answer of the closing handshake.
    if (events_.close_code && *events_.close_code > 0) {
        tcp_.send(ws::close_frame(1000, {}, kMask).wire());
    }
}

bool WsClient::pump(Deadline deadline) {
    std::string bytes;
    switch (tcp_.receive(bytes, deadline)) {
        case Tcp::Read::kTimeout:
            return false;
        case Tcp::Read::kEnd:
            if (!events_.close_code) events_.close_code = 1006;
            return false;
        case Tcp::Read::kData:
            break;
    }
    feed(std::move(bytes));
    return true;
}

std::optional<Json> WsClient::next(Deadline deadline) {
    while (events_.texts.empty()) {
        if (events_.close_code || !pump(deadline)) return std::nullopt;
    }
    auto const text = std::move(events_.texts.front());
    events_.texts.pop_front();
    return Json::parse(text);
}

Json WsClient::expect(std::string_view type, Deadline deadline) {
    while (auto const frame = next(deadline)) {
        if ((*frame)["type"] == type) return *frame;
    }
    return {};
}

int WsClient::close_code(Deadline deadline) {
    while (!events_.close_code && pump(deadline)) {
    }
    return events_.close_code.value_or(0);
}

bool WsClient::is_alive() {
    send(R"({"type":"heartbeat"})");
    Deadline const deadline;
    std::deque<std::string> kept;
    bool is_answered = false;
    while (!is_answered) {
        while (events_.texts.empty()) {
            if (events_.close_code || !pump(deadline)) return false;
        }
        auto text = std::move(events_.texts.front());
        events_.texts.pop_front();
        is_answered = Json::parse(text)["type"] == "heartbeat";
        if (!is_answered) kept.push_back(std::move(text));
    }
    for (; !kept.empty(); kept.pop_back()) events_.texts.push_front(std::move(kept.back()));
    return true;
}

}  // namespace sewa::e2e
