#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sewa::files {

struct ImageSize {
    std::uint32_t width = 0;  // As it is shown, turned where the camera was.
    std::uint32_t height = 0;
    std::uint8_t orientation = 1;  // EXIF: 5 to 8 are turned by a quarter.

    std::uint64_t pixels() const { return std::uint64_t{width} * height; }
};

// The size of a JPEG, PNG, GIF or WebP picture, from its headers alone; nothing is decoded. `file`
// is all of it. Looks at a bounded number of places. nullopt: no readable header.
std::optional<ImageSize> image_size(std::string_view file, std::string_view content_type);

}  // namespace sewa::files
