#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>

#include "world.h"

// Runs seeds one after another and stops at the first that finds something.
int main(int argc, char** argv) {
    CLI::App app{"Runs the server core and clients in a seeded world of faults"};
    std::uint64_t first = 1, count = 1000, minutes = 0;
    bool is_printed = false;
    auto* const one = app.add_option("--seed", first, "run exactly this seed");
    app.add_flag("--trace", is_printed, "print what happens, step by step");
    app.add_option("--from", first, "the first seed")->excludes(one);
    app.add_option("--count", count, "how many seeds");
    app.add_option("--minutes", minutes, "as many seeds as fit into this time instead");
    CLI11_PARSE(app, argc, argv);

    using Clock = std::chrono::steady_clock;
    auto const started = Clock::now();
    auto const may_go_on = [&](std::uint64_t done) {
        if (one->count() > 0) return done < 1;
        if (minutes == 0) return done < count;
        return Clock::now() - started < std::chrono::minutes(minutes);
    };
    std::uint64_t done = 0;
    for (; may_go_on(done); ++done) {
        auto const outcome = sewa::simulation::run_seed(first + done, is_printed);
        if (outcome.complaints.empty()) continue;
        fmt::print("seed {} after {} seeds:\n", first + done, done + 1);
        for (auto const& complaint : outcome.complaints) fmt::print("  {}\n", complaint);
        fmt::print("again: simulation --seed {} --trace\n", first + done);
        return 1;
    }
    auto const took = std::chrono::duration<double>(Clock::now() - started).count();
    fmt::print("{} seeds from {} found nothing, {:.1f} s\n", done, first, took);
    return 0;
}
