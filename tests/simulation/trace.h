#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "core/clock.h"

namespace sewa::simulation {

// What happened, in order: a hash that is compared between two runs of a seed, readable lines when
// asked for, and what was found to be wrong.
class Trace {
public:
    Trace(Clock const& clock, bool is_printed) : clock_(clock), is_printed_(is_printed) {}

    template <typename... Args>
    void note(fmt::format_string<Args...> format, Args&&... args) {
        line_.clear();
        fmt::format_to(std::back_inserter(line_), "{:>8} ", clock_.mono().value - 1'000'000);
        fmt::format_to(std::back_inserter(line_), format, std::forward<Args>(args)...);
        for (unsigned char const byte : line_) hash_ = (hash_ ^ byte) * 0x100000001B3ULL;
        if (is_printed_) fmt::print("{}\n", line_);
    }

    template <typename... Args>
    void complain(fmt::format_string<Args...> format, Args&&... args) {
        if (complaints_.size() >= kComplaintsMax) return;
        complaints_.push_back(fmt::format(format, std::forward<Args>(args)...));
        note("WRONG: {}", complaints_.back());
    }

    std::uint64_t hash() const { return hash_; }
    std::vector<std::string> const& complaints() const { return complaints_; }

private:
    static constexpr std::size_t kComplaintsMax = 20;

    Clock const& clock_;
    bool const is_printed_;
    std::string line_;
    std::uint64_t hash_ = 0xCBF29CE484222325ULL;
    std::vector<std::string> complaints_;
};

}  // namespace sewa::simulation
