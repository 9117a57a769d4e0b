#include <gtest/gtest.h>

#include <cstdlib>

#include "world.h"

namespace sewa::simulation {
namespace {

// The everyday tests split the seeds over several entries of ctest.
std::uint64_t from_environment(char const* name, std::uint64_t fallback) {
    auto const* const text = std::getenv(name);
    return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

TEST(Simulation, what_was_acknowledged_is_on_every_screen_once_and_in_order) {
    auto const first = from_environment("SEWA_SIMULATION_FROM", 1);
    auto const count = from_environment("SEWA_SIMULATION_COUNT", 700);
    int failures = 0;
    for (std::uint64_t seed = first; seed < first + count && failures < 3; ++seed) {
        auto const outcome = run_seed(seed);
        if (outcome.complaints.empty()) continue;
        ++failures;
        ADD_FAILURE() << "seed " << seed << ": " << outcome.complaints.front()
                      << "\nagain: simulation --seed " << seed << " --trace";
    }
}

TEST(Simulation, the_same_seed_gives_the_same_run) {
    for (std::uint64_t seed : {1, 7, 23, 99, 1234}) {
        auto const first = run_seed(seed);
        EXPECT_EQ(run_seed(seed).hash, first.hash) << seed;
        EXPECT_NE(run_seed(seed + 1).hash, first.hash) << seed;
    }
}

}  // namespace
}  // namespace sewa::simulation
