#pragma once

#include <cstdint>

#include "bench/board.h"
#include "bench/plan.h"
#include "net/address.h"

namespace sewa::bench {

// The conversations that one worker plays, [first, end).
struct Slice {
    std::uint32_t first = 0;
    std::uint32_t end = 0;
};

// One process of the generator: plays all members of its conversations on one loop, follows the
// board's stages, and returns when told to quit or when something was lost, doubled or reordered;
// then the tally's state is kFailed and its `failure` says what.
void run_worker(Plan const& plan, Slice slice, net::Address const& server, Board& board,
                Tally& tally);

}  // namespace sewa::bench
