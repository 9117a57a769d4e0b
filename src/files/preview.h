#pragma once

#include <string>
#include <string_view>

#include "files/image_size.h"

namespace sewa::files {

struct PreviewLimits {
    std::uint64_t pixels_max = 50'000'000;
    std::int64_t ms_max = 700;
    std::size_t bytes_max = 1500;  // Of the text.
};

// A picture of at most 24 × 24 pixels as a `data:` address, for the moment before the real one is
// there. Empty for GIF, for what costs more than the limits and for what cannot be read.
//
// Takes CPU time: never on a shard. Rows are averaged as they are decoded; only progressive JPEG
// and WebP are held whole, up to 12 million pixels.
std::string make_preview(std::string_view file, std::string_view content_type,
                         ImageSize const& size, PreviewLimits const& limits = {});

}  // namespace sewa::files
