#pragma once

#include <array>
#include <cstddef>

#include "core/shared_frame.h"
#include "ws/deflate.h"

namespace sewa::ws {

// Compresses a frame once for all its receivers on this shard.
//
// Shard-local. Remembers the last few frames, which is enough: a frame is handed to all receivers
// of a shard before the next ones come. Bounded: kEntries frames of at most kRememberedPayloadMax
// bytes and their twins; larger frames are compressed each time.
class CompressedTwins {
public:
    static constexpr std::size_t kEntries = 8;
    static constexpr std::size_t kRememberedPayloadMax = 65'536;

    explicit CompressedTwins(Deflater& deflater) : deflater_(deflater) {}

    // The compressed form, or `plain` itself where that is not longer.
    SharedFrame of(SharedFrame const& plain);

    std::size_t compressions_for_test() const { return compressions_; }

private:
    struct Entry {
        SharedFrame plain;  // Kept, so that its address names no other frame.
        SharedFrame twin;
    };

    SharedFrame compress(SharedFrame const& plain);

    Deflater& deflater_;
    std::array<Entry, kEntries> entries_;
    std::size_t oldest_ = 0;
    std::size_t compressions_ = 0;
};

}  // namespace sewa::ws
