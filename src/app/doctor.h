#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace sewa::app {

struct Finding {
    enum class Grade { kGood, kWarning, kBad };
    Grade grade = Grade::kGood;
    std::string about;
    std::string text;  // For people: what was found, and how to mend it.
};
using Findings = std::vector<Finding>;

// What would keep `sewa serve` with this configuration from starting, from being fast, or from
// being safe. Changes nothing but a file of its own that goes again; a server may be running.
// Start-up: on the caller's thread, waiting for the disk.
Findings examine(config::Config const& config);

// The parts, in the order in which they are told.
void examine_folder(config::Config const& config, Findings& findings);
void examine_keys(config::Config const& config, Findings& findings);
void examine_network(config::Config const& config, Findings& findings);

}  // namespace sewa::app
