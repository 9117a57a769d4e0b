#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/random.h"

namespace sewa::simulation {

// What kind of world a seed makes: how many take part, which faults happen, how tight the bounds
// are. Each run has some faults and not others, because what always happens together hides things.
struct Weather {
    int shards = 1;
    int users = 3;
    int second_devices = 1;
    int raw_clients = 1;
    int steps = 900;

    bool cuts = true;
    bool half_open = true;
    bool stalls = true;
    bool server_crashes = true;
    bool client_crashes = true;
    bool disk_failures = true;
    bool membership = true;
    bool lost_answers = true;  // HTTP.
    bool long_waits = true;    // The clock jumps.
    bool drains = true;
    bool wall_jumps = true;  // By days, forwards and back.

    std::uint32_t frames_per_minute = 0;
    std::uint32_t replay_page = 500;
    std::uint32_t connections_per_user = 20;
    std::size_t held_max = 64;
    std::size_t transport_bytes_max = 256 * 1024;
    std::size_t pipe_max = 1'000;  // Packets that the network takes before a reader reads.
    std::size_t mailbox_max = 10'000;
    std::size_t writes_queued_max = 10'000;
    std::size_t reads_queued_max = 1'000;
    std::size_t reads_outstanding_max = 64;
    std::size_t waiters_max = 1'000;
    std::size_t audiences_max = 1'000;
    std::size_t batch_max = 8;

    // For the trace.
    std::string faults() const {
        return fmt::format(
            "cuts {} half-open {} stalls {} crashes {} client-crashes {} disk {} "
            "membership {} lost {} waits {} drains {} wall {}; page {} held {} queue {} "
            "mailbox {} writes {} reads {}/{}",
            cuts, half_open, stalls, server_crashes, client_crashes, disk_failures, membership,
            lost_answers, long_waits, drains, wall_jumps, replay_page, held_max,
            transport_bytes_max, mailbox_max, writes_queued_max, reads_queued_max,
            reads_outstanding_max);
    }

    static Weather from(Random& random) {
        auto const sometimes = [&](std::uint64_t percent) { return random.below(100) < percent; };
        Weather weather;
        weather.shards = 1 + static_cast<int>(random.below(2));
        weather.users = 2 + static_cast<int>(random.below(3));
        weather.second_devices = static_cast<int>(random.below(3));
        weather.raw_clients = static_cast<int>(random.below(4));
        weather.steps = 300 + static_cast<int>(random.below(1000));
        for (auto* const fault :
             {&weather.cuts, &weather.half_open, &weather.stalls, &weather.server_crashes,
              &weather.client_crashes, &weather.disk_failures, &weather.membership,
              &weather.lost_answers, &weather.long_waits, &weather.drains, &weather.wall_jumps}) {
            *fault = sometimes(55);
        }
        if (sometimes(15)) weather.frames_per_minute = 240;
        if (sometimes(50)) weather.replay_page = 1 + static_cast<std::uint32_t>(random.below(4));
        if (sometimes(10)) weather.connections_per_user = 3;
        if (sometimes(50)) weather.held_max = 1 + random.below(4);
        if (sometimes(30)) {
            weather.transport_bytes_max = 12 * 1024;
            weather.pipe_max = 2 + random.below(6);
        }
        if (sometimes(20)) weather.mailbox_max = 2 + random.below(6);
        if (sometimes(20)) weather.writes_queued_max = 1 + random.below(5);
        if (sometimes(20)) weather.reads_queued_max = 1 + random.below(4);
        if (sometimes(30)) weather.reads_outstanding_max = 1 + random.below(3);
        if (sometimes(10)) weather.waiters_max = 2 + random.below(6);
        if (sometimes(20)) weather.audiences_max = 2;
        weather.batch_max = 1 + random.below(12);
        return weather;
    }
};

}  // namespace sewa::simulation
