#pragma once

#include <deque>
#include <functional>
#include <string>

#include "bench/board.h"
#include "bench/client.h"

namespace sewa::bench {

// Further devices of people of this worker, such as phones that sleep: they read for one second of
// five. A server that keeps its memory bounded cuts them off (4009); then they come again. What
// they receive is not looked at.
//
// Runs on the worker's loop.
class SlowReaders final : private ClientOwner {
public:
    struct Parts {
        shard::Loop& loop;
        net::Address const& server;
        Tally& tally;
        std::function<std::string(std::uint32_t index)> target;  // Of the handshake.
    };
    SlowReaders(Parts parts, std::uint32_t count);

    // Connects those who are not, wakes some and puts others to sleep; once per turn.
    void on_turn();

private:
    void on_open(Client& client) override { client.pause_reading(); }
    void on_text(Client&, std::string_view) override {}
    void on_lost(Client&, std::string_view) override { bench::count(parts_.tally.slow_lost); }

    Parts const parts_;
    Clients clients_;
    std::deque<Client> readers_;
    std::uint64_t looked_ns_ = 0;
    std::uint32_t second_ = 0;
};

}  // namespace sewa::bench
