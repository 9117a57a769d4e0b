#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sewa::bench {

// Below 2 × kHalf the bucket is the value; from there each power of two has kHalf buckets.
std::size_t Histogram::bucket_of(std::uint64_t value) {
    value = std::min(value, (std::uint64_t{1} << kValueBits) - 1);
    if (value < 2 * kHalf) return static_cast<std::size_t>(value);
    auto const shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
    return shift * kHalf + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::upper_end(std::size_t bucket) {
    if (bucket < 2 * kHalf) return bucket;
    auto const shift = bucket / kHalf - 1;
    auto const leading = bucket - shift * kHalf;
    return ((leading + 1) << shift) - 1;
}

void Histogram::record(std::uint64_t value) {
    ++counts_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, value);
}

void Histogram::add(Histogram const& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::at(double share) const {
    if (count_ == 0) return 0;
    auto const wanted = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= wanted) return std::min(upper_end(i), max_);
    }
    return max_;
}

}  // namespace sewa::bench
