#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "json.h"
#include "tcp.h"
#include "ws/decoder.h"

namespace sewa::e2e {

struct WsOptions {
    std::string target = "/ws/messaging/?v=1";
    std::string headers = {};  // Each ends with CRLF.
    int receive_buffer = 0;
    bool answers_pings = true;
};

// A blocking WebSocket client that can also misbehave. Frames it cannot send are lost silently: a
// test looks at what arrives.
class WsClient {
public:
    WsClient(std::uint16_t port, WsOptions options);

    int http_status() const { return http_status_; }  // 101 when it is a WebSocket.
    std::string const& http_head() const { return head_; }

    // True when the server took the offer of permessage-deflate: texts go and come compressed.
    bool is_compressed() const;
    std::size_t bytes_received() const { return bytes_received_; }

    void send(std::string_view text);  // One masked text frame.
    void send_bytes(std::string_view bytes) { tcp_.send(bytes); }
    void close();  // Sends a close frame with 1000.
    void cut() { tcp_.cut(); }

    // The next text frame; absent after the deadline or when the connection has ended.
    std::optional<Json> next(Deadline deadline = Deadline());
    // The next frame of this type; those before it are skipped.
    Json expect(std::string_view type, Deadline deadline = Deadline());
    // The code that the server closed with; reads on until then. 1006 when it closed without a
    // frame, 0 when it did not close in time.
    int close_code(Deadline deadline = Deadline());
    std::string const& close_reason() const { return events_.close_reason; }
    // Heartbeat there and back, so that what was sent before is dealt with. Frames that come in
    // between stay to be read.
    bool is_alive();

    int pings() const { return events_.pings; }

private:
    struct Received final : ws::Events {
        void on_text(std::string_view text) override { texts.emplace_back(text); }
        void on_binary(std::string_view) override {}
        void on_ping(std::string_view payload) override;
        void on_pong(std::string_view) override {}
        void on_close(std::uint16_t code, std::string_view reason) override;
        void on_failure(ws::Violation const& violation) override;

        std::deque<std::string> texts;
        std::deque<std::string> pongs_due;
        std::optional<int> close_code;
        std::string close_reason;
        int pings = 0;
    };

    void shake_hands(WsOptions const& options);
    bool pump(Deadline deadline);
    void feed(std::string bytes);

    Tcp tcp_;
    bool const answers_pings_;
    ws::Decoder decoder_;
    Received events_;
    std::string head_;
    int http_status_ = 0;
    std::size_t bytes_received_ = 0;
};

// A masked frame as a client sends it.
std::string frame(ws::Opcode opcode, std::string_view payload);

}  // namespace sewa::e2e
