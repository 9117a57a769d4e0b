#pragma once

#include <cstdint>
#include <deque>
#include <optional>

namespace sewa::bench {

// Who leaves when and comes back when: everybody in turn, at a fixed rate, each for the same time.
// Owned by a worker. Holds those who are away.
class Absences {
public:
    Absences(double per_second, double away_seconds, std::uint32_t people)
        : per_second_(per_second), away_seconds_(away_seconds), people_(people) {}

    // From here on somebody leaves now and then.
    void begin(std::uint64_t now_ns);
    // Nobody leaves any more, and all who are away come back at once.
    void end();

    // Whose turn to leave it is, one at a call; nullopt: nobody's yet.
    std::optional<std::uint32_t> next_to_leave(std::uint64_t now_ns);
    // They did.
    void left(std::uint32_t person, std::uint64_t now_ns);
    // Who comes back now, one at a call.
    std::optional<std::uint32_t> next_to_return(std::uint64_t now_ns);

private:
    struct Away {
        std::uint32_t person = 0;
        std::uint64_t until_ns = 0;
    };

    double const per_second_;
    double const away_seconds_;
    std::uint32_t const people_;
    bool has_begun_ = false;
    std::uint64_t begun_ns_ = 0;
    std::uint64_t turns_ = 0;
    std::deque<Away> away_;  // Ascending.
};

}  // namespace sewa::bench
