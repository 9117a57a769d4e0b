#include "ws/connection.h"

#include <utility>

#include "shard/timer_wheel.h"
#include "ws/encoder.h"

namespace sewa::ws {

class Connection::CloseDeadline final : public shard::Timer {
public:
    explicit CloseDeadline(net::Connection& transport) : transport_(transport) {}

    // Whoever keeps talking at full speed does not look for our close frame.
    void ignored(std::size_t bytes) {
        ignored_bytes_ += bytes;
        if (ignored_bytes_ > kIgnoredBytesMax) transport_.abort();
    }

private:
    static constexpr std::size_t kIgnoredBytesMax = 256 * 1024;

    void on_timer(MonoMs) override { transport_.abort(); }

    net::Connection& transport_;
    std::size_t ignored_bytes_ = 0;
};

// What the peer says, during one `on_bytes`.
class Connection::Incoming final : public Events {
public:
    explicit Incoming(Connection& connection) : connection_(connection) {}

    bool was_complete() const { return was_complete_; }

private:
    void on_text(std::string_view text) override {
        if (!take()) return;
        connection_.on_text(text);
        stop_decoding_when_gone();
    }
    void on_binary(std::string_view bytes) override {
        if (!take()) return;
        connection_.on_binary(bytes);
        stop_decoding_when_gone();
    }
    void on_ping(std::string_view payload) override {
        if (!take()) return;
        // No room means that the peer does not read; the transport's stall deadline ends that.
        connection_.transport_.send_bytes(pong_frame(payload).wire());
        connection_.on_sign_of_life();
        stop_decoding_when_gone();
    }
    void on_pong(std::string_view) override {
        if (!take()) return;
        connection_.on_sign_of_life();
        stop_decoding_when_gone();
    }
    void on_close(std::uint16_t code, std::string_view) override {
        if (take()) connection_.send_close(code, {});
        end(code);
    }
    void on_failure(Violation const& violation) override {
        auto const code = static_cast<std::uint16_t>(violation.code);
        if (take()) connection_.send_close(code, violation.reason);
        end(code);
    }

    // Whether the application is told; something was complete in any case.
    bool take() {
        was_complete_ = true;
        return connection_.state_ == State::kOpen;
    }
    void stop_decoding_when_gone() {
        if (!connection_.transport_.is_open()) connection_.decoder_.pause();
    }
    void end(std::uint16_t code) {
        connection_.end(code);
        connection_.transport_.close_after_flush();
    }

    Connection& connection_;
    bool was_complete_ = false;
};

Connection::Connection(Place const& place)
    : transport_(place.transport),
      codec_(place.codec),
      decoder_(codec_.decoder_options(),
               place.handshake.deflate ? Compression::kDeflate : Compression::kNone),
      deflate_window_bits_(
          place.handshake.deflate
              ? static_cast<std::uint8_t>(place.handshake.deflate->server_window_bits)
              : std::uint8_t{0}) {}

Connection::~Connection() = default;

bool Connection::send_text(SharedFrame const& frame) {
    if (state_ != State::kOpen) return true;
    if (!compresses(frame.payload().size())) return transport_.send(frame);
    return transport_.send(codec_.twins().of(frame));
}

bool Connection::send_ephemeral(SharedFrame const& frame, net::EphemeralKind kind,
                                std::uint64_t key) {
    if (state_ != State::kOpen) return true;
    if (!compresses(frame.payload().size())) return transport_.send_ephemeral(frame, kind, key);
    return transport_.send_ephemeral(codec_.twins().of(frame), kind, key);
}

bool Connection::send_binary(std::string_view bytes) {
    if (state_ != State::kOpen) return true;
    std::array<char, kHeaderBytesMax> header;
    auto const header_bytes =
        write_header({.opcode = Opcode::kBinary, .payload_bytes = bytes.size()}, header);
    return transport_.send(SharedFrame::framed({header.data(), header_bytes}, bytes));
}

// A distance in the compressed text never exceeds its length, so that what fits into the client's
// window can be compressed with ours.
bool Connection::compresses(std::size_t payload_bytes) const {
    return deflate_window_bits_ != 0 && payload_bytes >= codec_.options().deflate_bytes_min &&
           (deflate_window_bits_ == 15 || payload_bytes <= std::size_t{1} << deflate_window_bits_);
}

void Connection::ping() {
    if (state_ == State::kOpen) transport_.send_bytes(ping_frame({}).wire());
}

void Connection::close(CloseCode code, std::string_view reason) {
    if (state_ != State::kOpen) return;
    if (!send_close(static_cast<std::uint16_t>(code), reason)) return;
    state_ = State::kCloseSent;
    close_deadline_ = std::make_unique<CloseDeadline>(transport_);
    auto& loop = transport_.loop();
    loop.timers().schedule(*close_deadline_, loop.now() + codec_.options().close_wait_ms_max);
    transport_.resume_reading();
}

// A queue that has no room even for a close frame belongs to a peer that would not read it.
bool Connection::send_close(std::uint16_t code, std::string_view reason) {
    if (transport_.send_bytes(close_frame(code, reason).wire())) return true;
    transport_.abort();
    return false;
}

void Connection::pause_reading() {
    if (state_ != State::kOpen) return;
    transport_.pause_reading();
    decoder_.pause();
}

void Connection::on_open(net::Connection&) {
    on_begun();
}

std::size_t Connection::on_bytes(net::Connection&, std::span<char> bytes) {
    Incoming incoming(*this);
    auto const consumed = decoder_.feed(bytes, incoming);
    if (close_deadline_) close_deadline_->ignored(consumed);
    bool const is_crumb = bytes.size() < kCrumbBytes && !incoming.was_complete();
    bool const is_another = std::exchange(is_crumbling_, is_crumb) && is_crumb;
    if (is_another && state_ == State::kOpen) on_crumb();
    return consumed;
}

void Connection::on_drained(net::Connection&) {
    if (state_ == State::kOpen) on_room();
}

void Connection::on_closed(net::Connection&) {
    end(kAbnormalClosure);
}

void Connection::end(std::uint16_t code) {
    if (state_ == State::kEnded) return;
    state_ = State::kEnded;
    close_deadline_.reset();
    on_ended(code);
}

}  // namespace sewa::ws
