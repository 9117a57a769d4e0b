#pragma once

#include <cstdint>
#include <string>

namespace sewa {

// Not synchronised: each shard has its own. Passed in, so that a seed replays a run.
class Random {
public:
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;

    // Uniform in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound);

    // `digits` lower-case hexadecimal digits.
    std::string hex(std::size_t digits);
};

// From the operating system: for tokens, tickets and connection ids.
class SecureRandom final : public Random {
public:
    std::uint64_t next() override;
};

// SplitMix64 (Steele, Lea, Flood 2014): small state, good enough for jitter and simulation.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() override;

private:
    std::uint64_t state_;
};

}  // namespace sewa
