#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "bench/plan.h"
#include "bench/report.h"
#include "core/result.h"
#include "net/address.h"

namespace sewa::bench {

// The server under load.
struct Target {
    net::Address address;
    pid_t pid = -1;  // -1: elsewhere; CPU and memory are not reported.
    // Kills the server hard and starts it again on the same port; for storms.
    std::function<Status(pid_t& pid)> restart;
};

// Forks the workers, leads them through the stages and gathers what they found. `progress` hears
// one line per second. Blocks until the end; not to be called while other threads run.
//
// Fails with the worker's words when anything was lost, doubled or reordered.
Result<std::unique_ptr<Report>> run_plan(Plan const& plan, Target target,
                                         std::function<void(std::string const&)> const& progress);

}  // namespace sewa::bench
