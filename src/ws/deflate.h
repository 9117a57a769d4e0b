#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/shared_frame.h"

struct z_stream_s;

namespace sewa::ws {

// RFC 7692 without context takeover on either side, so that no connection needs a compressor of its
// own: one Inflater and one Deflater serve a whole shard. Shard-local.

// Bounded: about 44 KiB of zlib state, and an output buffer that grows with real output up to the
// limit of the message and shrinks again when it was large.
class Inflater {
public:
    Inflater();
    ~Inflater();
    Inflater(Inflater const&) = delete;
    Inflater& operator=(Inflater const&) = delete;

    enum class Outcome { kDone, kTooBig, kCorrupt };
    struct Inflated {
        Outcome outcome;
        std::string_view payload;  // Valid until the next call of a method.
    };

    // One message, its fragments joined. Stops inflating at `bytes_max`: what a small message
    // pretends to contain costs neither memory nor time beyond that.
    Inflated inflate(std::string_view compressed, std::size_t bytes_max);

    // Frees a large output buffer. Call when the payload was used.
    void trim();

    std::size_t buffer_bytes() const { return capacity_; }

private:
    Outcome inflate_piece(std::string_view input, std::size_t bytes_max);
    bool make_room(std::size_t bytes_max);

    std::unique_ptr<z_stream_s> stream_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
    char overflow_ = 0;  // One byte behind the limit: written when the message is too big.
};

// Bounded: about 260 KiB of zlib state. The output buffer is freed when it was large.
class Deflater {
public:
    // `level` as in zlib. On JSON of 1 to 32 KiB, 6 saves 4 to 14 % of the bytes against 1 and
    // takes 1.2 to 3.4 times as long.
    explicit Deflater(int level = 1);
    ~Deflater();
    Deflater(Deflater const&) = delete;
    Deflater& operator=(Deflater const&) = delete;

    // The payload of a compressed message. Valid until the next call of a method.
    std::string_view deflate(std::string_view payload);
    void trim();

private:
    std::unique_ptr<z_stream_s> stream_;
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
};

// The same text as a compressed frame, to be shared by all receivers that negotiated it. Empty when
// compression would not make it shorter: send `plain` then.
SharedFrame compressed_twin(SharedFrame const& plain, Deflater& deflater);

}  // namespace sewa::ws
