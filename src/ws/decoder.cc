#include "ws/decoder.h"

#include <algorithm>
#include <string>

#include "core/utf8.h"
#include "ws/deflate.h"

namespace sewa::ws {

namespace {

// First allocation for an incomplete message. More comes only with bytes that really arrived: a
// header that announces much must not cost much.
constexpr std::uint64_t kFirstReserve = 4096;

constexpr Violation kBadUtf8{CloseCode::kInvalidData, "text is not UTF-8"};
constexpr Violation kMessageTooBig{CloseCode::kTooBig, "message too big"};

std::string_view view(std::span<char> bytes) {
    return {bytes.data(), bytes.size()};
}

// RFC 6455 §7.4 and the IANA registry: 1012 to 1014 were registered later.
bool may_be_sent(std::uint16_t code) {
    if (code >= 3000) return code <= 4999;
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

// What does not compress becomes longer by the headers of stored blocks.
std::uint64_t compressed_bytes_max(std::uint64_t message_bytes_max) {
    return message_bytes_max + message_bytes_max / 256 + 64;
}

}  // namespace

// A header, a message, and perhaps a control frame inside it, of which bytes are missing.
struct Decoder::Partial {
    struct {
        std::array<char, kHeaderBytesMax> bytes;
        std::uint8_t size = 0;
    } header;  // While it is cut.

    FrameHeader frame;
    std::uint64_t frame_received = 0;
    bool in_frame = false;

    FrameHeader first;  // Of the open message: opcode and compression.
    bool in_message = false;
    Utf8Validator utf8;
    std::uint32_t fragments = 0;
    std::string message;

    std::uint8_t control_size = 0;
    std::array<char, kControlPayloadMax> control;

    bool checks_utf8() const { return first.opcode == Opcode::kText && !first.compressed; }
};

static_assert(sizeof(Decoder) <= 24);

Decoder::Decoder(DecoderOptions const& options, Compression compression)
    : options_(&options), compression_(compression == Compression::kDeflate) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

std::size_t Decoder::feed(Bytes bytes, Events& sink) {
    auto const total = bytes.size();
    paused_ = false;
    while (!bytes.empty() && !paused_ && !finished_) {
        if (partial_ && partial_->in_frame) {
            continue_frame(bytes, sink);
        } else {
            begin_frame(bytes, sink);
        }
    }
    return finished_ ? total : total - bytes.size();
}

std::size_t Decoder::buffered_bytes() const {
    return partial_ ? sizeof(Partial) + partial_->message.capacity() : 0;
}

HeaderRules Decoder::rules() const {
    auto const plain_max = options_->message_bytes_max;
    HeaderRules rules{.role = options_->role,
                      .compression = compression_,
                      .payload_bytes_max = plain_max,
                      .compressed_bytes_max = compressed_bytes_max(plain_max)};
    if (!partial_ || !partial_->in_message) return rules;
    rules.in_message = true;
    rules.fragments_full = partial_->fragments >= options_->fragments_max;
    auto const limit = partial_->first.compressed ? rules.compressed_bytes_max : plain_max;
    rules.payload_bytes_max = limit - partial_->message.size();
    return rules;
}

void Decoder::begin_frame(Bytes& bytes, Events& sink) {
    auto const read = collect_header(bytes);
    if (read.violation) return fail(*read.violation, sink);
    if (read.header_bytes == 0) return;
    auto const& header = read.header;
    bool const whole_message = header.fin && header.opcode != Opcode::kContinuation;
    if (whole_message && header.payload_bytes <= bytes.size()) {
        auto const payload = bytes.first(header.payload_bytes);
        bytes = bytes.subspan(payload.size());
        return deliver_in_place(header, payload, sink);
    }
    begin_partial(header);
    continue_frame(bytes, sink);
}

void Decoder::deliver_in_place(FrameHeader const& header, Bytes payload, Events& sink) {
    if (header.mask) apply_mask(payload, *header.mask, 0);
    if (is_control(header.opcode)) return deliver_control(header.opcode, view(payload), sink);
    bool const plain_text = header.opcode == Opcode::kText && !header.compressed;
    if (plain_text && !is_utf8(view(payload))) return fail(kBadUtf8, sink);
    deliver_message(header, view(payload), sink);
}

HeaderRead Decoder::collect_header(Bytes& bytes) {
    auto const allowed = rules();
    if (!partial_ || partial_->header.size == 0) {
        auto const read = read_header(view(bytes), allowed);
        if (read.violation || read.header_bytes != 0) {
            bytes = bytes.subspan(read.header_bytes);
            return read;
        }
    }
    return continue_header(bytes, allowed);
}

HeaderRead Decoder::continue_header(Bytes& bytes, HeaderRules const& allowed) {
    auto& [start, size] = partial().header;
    while (!bytes.empty()) {
        start[size++] = bytes.front();
        bytes = bytes.subspan(1);
        auto const read = read_header({start.data(), size}, allowed);
        if (read.violation || read.header_bytes != 0) {
            size = 0;
            if (!partial_->in_message) partial_.reset();
            return read;
        }
    }
    return {};
}

Decoder::Partial& Decoder::partial() {
    if (!partial_) partial_ = std::make_unique<Partial>();
    return *partial_;
}

void Decoder::begin_partial(FrameHeader const& header) {
    auto& partial = this->partial();
    partial.frame = header;
    partial.frame_received = 0;
    partial.in_frame = true;
    partial.control_size = 0;
    if (is_control(header.opcode)) return;
    if (!partial.in_message) {
        partial.first = header;
        partial.in_message = true;
        partial.message.reserve(std::min(header.payload_bytes, kFirstReserve));
    }
    ++partial.fragments;
}

void Decoder::continue_frame(Bytes& bytes, Events& sink) {
    auto& partial = *partial_;
    auto const& frame = partial.frame;
    auto const missing = frame.payload_bytes - partial.frame_received;
    auto const piece = bytes.first(std::min<std::uint64_t>(missing, bytes.size()));
    bytes = bytes.subspan(piece.size());
    if (frame.mask) apply_mask(piece, *frame.mask, partial.frame_received);
    partial.frame_received += piece.size();
    if (is_control(frame.opcode)) {
        std::copy(piece.begin(), piece.end(), partial.control.begin() + partial.control_size);
        partial.control_size = static_cast<std::uint8_t>(partial.control_size + piece.size());
    } else {
        if (partial.checks_utf8() && !partial.utf8.feed(view(piece))) return fail(kBadUtf8, sink);
        partial.message.append(piece.data(), piece.size());
    }
    if (partial.frame_received == frame.payload_bytes) end_frame(sink);
}

void Decoder::end_frame(Events& sink) {
    partial_->in_frame = false;
    auto const frame = partial_->frame;
    if (is_control(frame.opcode)) {
        // Copied, because a close frees the partial message before its reason is read.
        auto const control = partial_->control;
        std::string_view const payload{control.data(), partial_->control_size};
        if (!partial_->in_message) partial_.reset();
        return deliver_control(frame.opcode, payload, sink);
    }
    if (!frame.fin) return;
    auto const message = std::move(partial_);
    if (message->checks_utf8() && !message->utf8.complete()) return fail(kBadUtf8, sink);
    deliver_message(message->first, message->message, sink);
}

void Decoder::deliver_control(Opcode opcode, std::string_view payload, Events& sink) {
    if (opcode == Opcode::kPing) return sink.on_ping(payload);
    if (opcode == Opcode::kPong) return sink.on_pong(payload);
    deliver_close(payload, sink);
}

void Decoder::deliver_close(std::string_view payload, Events& sink) {
    if (payload.size() == 1) {
        return fail({CloseCode::kProtocolError, "close frame of one byte"}, sink);
    }
    auto code = kNoStatus;
    if (!payload.empty()) {
        code = static_cast<std::uint16_t>(static_cast<unsigned char>(payload[0]) << 8 |
                                          static_cast<unsigned char>(payload[1]));
        payload.remove_prefix(2);
        if (!may_be_sent(code)) return fail({CloseCode::kProtocolError, "bad close code"}, sink);
        if (!is_utf8(payload)) {
            return fail({CloseCode::kInvalidData, "close reason is not UTF-8"}, sink);
        }
    }
    finished_ = true;
    partial_.reset();
    sink.on_close(code, payload);
}

void Decoder::deliver_message(FrameHeader const& header, std::string_view payload, Events& sink) {
    if (header.compressed) return deliver_inflated(header.opcode, payload, sink);
    if (header.opcode == Opcode::kText) return sink.on_text(payload);
    sink.on_binary(payload);
}

void Decoder::deliver_inflated(Opcode opcode, std::string_view compressed, Events& sink) {
    auto& inflater = *options_->inflater;
    auto const inflated = inflater.inflate(compressed, options_->message_bytes_max);
    if (inflated.outcome == Inflater::Outcome::kTooBig) return fail(kMessageTooBig, sink);
    if (inflated.outcome == Inflater::Outcome::kCorrupt) {
        return fail({CloseCode::kInvalidData, "message cannot be inflated"}, sink);
    }
    if (opcode == Opcode::kText && !is_utf8(inflated.payload)) return fail(kBadUtf8, sink);
    deliver_message({.opcode = opcode}, inflated.payload, sink);
}

void Decoder::fail(Violation const& violation, Events& sink) {
    finished_ = true;
    partial_.reset();
    sink.on_failure(violation);
}

}  // namespace sewa::ws
