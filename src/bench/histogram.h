#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sewa::bench {

// Counts of durations in log-linear buckets (the layout of HDR histograms): values below 128 are
// exact, larger ones are off by less than 1/64. Nanoseconds up to about 68 s; more counts as that.
//
// A plain array without pointers, so that it may lie in memory that processes share. Not
// synchronised: one writer, read after it has finished.
class Histogram {
public:
    void record(std::uint64_t value);
    void add(Histogram const& other);

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }

    // The smallest recorded value that at least `share` (0 to 1) of all values do not exceed, as
    // the upper end of its bucket. 0 when nothing was recorded.
    std::uint64_t at(double share) const;

private:
    static constexpr unsigned kSubBits = 6;
    static constexpr unsigned kValueBits = 36;
    static constexpr std::size_t kHalf = std::size_t{1} << kSubBits;
    static constexpr std::size_t kBuckets = (kValueBits - kSubBits) * kHalf + kHalf;

    static std::size_t bucket_of(std::uint64_t value);
    static std::uint64_t upper_end(std::size_t bucket);

    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
    std::array<std::uint64_t, kBuckets> counts_{};
};

}  // namespace sewa::bench
