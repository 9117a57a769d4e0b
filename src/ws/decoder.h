#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "ws/frame_header.h"

namespace sewa::ws {

class Inflater;

// What a stream of bytes means. Views are valid during the call only.
class Events {
public:
    virtual ~Events() = default;
    virtual void on_text(std::string_view text) = 0;  // Valid UTF-8.
    virtual void on_binary(std::string_view bytes) = 0;
    virtual void on_ping(std::string_view payload) = 0;
    virtual void on_pong(std::string_view payload) = 0;

    // Last event. `code` is kNoStatus when the frame carried none.
    virtual void on_close(std::uint16_t code, std::string_view reason) = 0;

    // Last event: the peer broke a rule and the connection has to be closed with `violation`.
    virtual void on_failure(Violation const& violation) = 0;
};

// RFC 6455 §7.4.1: stands for a close frame without a code; never on the wire.
inline constexpr std::uint16_t kNoStatus = 1005;

// One object for all connections of a shard; outlives their decoders.
struct DecoderOptions {
    std::uint64_t message_bytes_max = 65'536;  // After inflating. Below 2 GiB.
    std::uint32_t fragments_max = 65'536;      // Per message. One more fails with 1009, like size.
    Role role = Role::kServer;
    Inflater* inflater = nullptr;  // Needed by decoders with Compression::kDeflate.
};

enum class Compression : std::uint8_t { kNone, kDeflate };

// RFC 6455 §5 and RFC 7692 §6: from bytes to events. No I/O, no clock.
//
// Shard-local, owned by its connection. Refuses at the first byte that breaks a rule: sizes from
// the header alone, UTF-8 inside fragments and partial reads. Whatever way the bytes are cut, the
// events are the same.
//
// Bounded: 24 bytes between two messages. A message that lies whole in the fed bytes is
// unmasked there and never copied; an incomplete one is collected in a buffer of at most twice
// `message_bytes_max`, which is freed with the message.
class Decoder {
public:
    Decoder(DecoderOptions const& options, Compression compression);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    // Changes `bytes` (unmasks in place) and returns how many were consumed: all of them, unless an
    // event paused. The sink must not destroy the decoder and must not feed it.
    std::size_t feed(std::span<char> bytes, Events& sink);

    // Called from an event: `feed` returns behind the frame that caused it. Feed the rest later.
    void pause() { paused_ = true; }

    // After on_close or on_failure. Further bytes are consumed and ignored.
    bool finished() const { return finished_; }

    // Memory held for an incomplete message.
    std::size_t buffered_bytes() const;

private:
    struct Partial;
    using Bytes = std::span<char>;

    HeaderRules rules() const;
    void begin_frame(Bytes& bytes, Events& sink);
    HeaderRead collect_header(Bytes& bytes);
    void deliver_in_place(FrameHeader const& header, Bytes payload, Events& sink);
    HeaderRead continue_header(Bytes& bytes, HeaderRules const& allowed);
    Partial& partial();
    void begin_partial(FrameHeader const& header);
    void continue_frame(Bytes& bytes, Events& sink);
    void end_frame(Events& sink);
    void deliver_control(Opcode opcode, std::string_view payload, Events& sink);
    void deliver_close(std::string_view payload, Events& sink);
    void deliver_message(FrameHeader const& header, std::string_view payload, Events& sink);
    void deliver_inflated(Opcode opcode, std::string_view compressed, Events& sink);
    void fail(Violation const& violation, Events& sink);

    DecoderOptions const* options_;
    std::unique_ptr<Partial> partial_;  // Null between two messages.
    bool compression_ : 1 = false;
    bool paused_ : 1 = false;
    bool finished_ : 1 = false;
};

}  // namespace sewa::ws
