#pragma once

#include <cstddef>
#include <cstdint>

#include "ws/compressed_twins.h"
#include "ws/decoder.h"
#include "ws/deflate.h"

namespace sewa::ws {

struct CodecOptions {
    std::uint64_t message_bytes_max = 65'536;  // PROTOCOL E-1: above it, close 1009.
    std::uint32_t fragments_max = 65'536;
    int deflate_level = 1;
    std::size_t deflate_bytes_min = 1024;    // Shorter messages are sent plain.
    std::int64_t close_wait_ms_max = 5'000;  // For the peer's half of the closing handshake.
};

// What all WebSocket connections of a shard share, so that each of them is small: limits, one
// compressor in each direction. Shard-local; outlives the connections.
class Codec {
public:
    explicit Codec(CodecOptions const& options)
        : options_(options),
          deflater_(options.deflate_level),
          twins_(deflater_),
          decoder_options_{.message_bytes_max = options.message_bytes_max,
                           .fragments_max = options.fragments_max,
                           .inflater = &inflater_} {}
    Codec(Codec const&) = delete;
    Codec& operator=(Codec const&) = delete;

    CodecOptions const& options() const { return options_; }
    DecoderOptions const& decoder_options() const { return decoder_options_; }
    CompressedTwins& twins() { return twins_; }

private:
    CodecOptions const options_;
    Inflater inflater_;
    Deflater deflater_;
    CompressedTwins twins_;
    DecoderOptions const decoder_options_;
};

}  // namespace sewa::ws
