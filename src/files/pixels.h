#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sewa::files {

// Averages the rows of a picture into a few pixels while it is decoded, so that the picture itself
// is never held. RGBA, 4 bytes a pixel, not premultiplied.
class Shrinker {
public:
    static constexpr std::uint32_t kSideMax = 24;

    Shrinker(std::uint32_t width, std::uint32_t height);

    // The next row, `width` pixels.
    void add_row(unsigned char const* rgba);
    bool is_complete() const { return row_ == height_; }

    std::uint32_t width() const { return small_width_; }
    std::uint32_t height() const { return small_height_; }
    std::vector<unsigned char> pixels() const;

private:
    struct Sum {
        std::uint64_t red = 0, green = 0, blue = 0, alpha = 0, count = 0;
    };

    std::uint32_t const width_, height_;
    std::uint32_t small_width_, small_height_;
    std::uint32_t row_ = 0;
    std::vector<Sum> sums_;
};

using Deadline = std::chrono::steady_clock::time_point;

// Each reads the file's rows into a new Shrinker. nullptr: not readable, too costly, or too late.
std::unique_ptr<Shrinker> shrink_jpeg(std::string_view file, Deadline deadline);
std::unique_ptr<Shrinker> shrink_png(std::string_view file, Deadline deadline);
std::unique_ptr<Shrinker> shrink_webp(std::string_view file, Deadline deadline);

}  // namespace sewa::files
