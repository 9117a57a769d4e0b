#pragma once

#include "config/config.h"
#include "core/result.h"

namespace sewa::config {

// Fails with kBadRequest when values that are fine alone cannot hold together.
Status check_contradictions(Config const& config);

}  // namespace sewa::config
