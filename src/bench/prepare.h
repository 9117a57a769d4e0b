#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "bench/plan.h"
#include "core/result.h"

namespace sewa::bench {

// Fills an empty data folder, while no server uses it, with the people and conversations of
// `layout` and with `messages` messages, evenly spread over the conversations. It goes through the
// store's own engine: same commands, same commits, no shortcut around the log.
//
// `progress` hears now and then how many messages are stored. Fails when the folder is in use or
// holds conversations already, and when the disk does.
Status prepare(std::string const& folder, Layout const& layout, std::uint64_t messages,
               std::function<void(std::uint64_t)> const& progress);

}  // namespace sewa::bench
