#pragma once

#include <string>

#include "config/load.h"

namespace sewa::config {

// The file in ASCII, with its lines where they were: what is outside ASCII stands in quotes, where
// it becomes escapes (TOML 1.0, String), or in comments, which go. toml++ 3.3 has undefined
// behaviour for other characters in some places, for sections without a name, and for brackets that
// do not match. Fails with kBadRequest, naming the line, for what it misreads and no option needs.
// For toml_source.cc.
Result<std::string> to_ascii(ConfigFile const& file);

}  // namespace sewa::config
