#include "files/pixels.h"

#include <algorithm>

namespace sewa::files {

Shrinker::Shrinker(std::uint32_t width, std::uint32_t height) : width_(width), height_(height) {
    auto const longer = std::max({width, height, kSideMax});
    auto const scaled = [&](std::uint32_t side) {
        return std::max<std::uint32_t>(
            1, static_cast<std::uint32_t>(std::uint64_t{side} * kSideMax / longer));
    };
    small_width_ = scaled(width);
    small_height_ = scaled(height);
    sums_.resize(std::size_t{small_width_} * small_height_);
}

void Shrinker::add_row(unsigned char const* rgba) {
    if (row_ == height_) return;
    auto const small_row = std::uint64_t{row_++} * small_height_ / height_;
    auto* const sums = &sums_[small_row * small_width_];
    for (std::uint32_t x = 0; x < width_; ++x, rgba += 4) {
        auto& sum = sums[std::uint64_t{x} * small_width_ / width_];
        std::uint64_t const alpha = rgba[3];
        sum.red += rgba[0] * alpha;
        sum.green += rgba[1] * alpha;
        sum.blue += rgba[2] * alpha;
        sum.alpha += alpha;
        ++sum.count;
    }
}

std::vector<unsigned char> Shrinker::pixels() const {
    std::vector<unsigned char> pixels;
    pixels.reserve(sums_.size() * 4);
    for (auto const& sum : sums_) {
        auto const mean = [&](std::uint64_t total) {
            return static_cast<unsigned char>(sum.alpha == 0 ? 0 : total / sum.alpha);
        };
        pixels.insert(pixels.end(), {mean(sum.red), mean(sum.green), mean(sum.blue)});
        pixels.push_back(static_cast<unsigned char>(sum.count == 0 ? 0 : sum.alpha / sum.count));
    }
    return pixels;
}

}  // namespace sewa::files
