#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/options.h"
#include "core/result.h"

namespace sewa::config {

// A value as some source has it, before it is checked.
using Value = std::variant<std::int64_t, bool, std::string, std::vector<std::string>>;

// What `text` of an environment variable, of `--set` or of a flag means for this option. Lists are
// separated by commas.
Result<Value> parse_value(Option const& option, std::string_view text);

// Checks type and range and writes the value. Fails with kBadRequest, saying what is allowed.
Status assign(Config& config, Option const& option, Value value);

// The present value as TOML: 120, true, "text", ["a", "b"].
std::string to_toml(Config const& config, Option const& option);

// "1 to 300", "0 to 10000 (0: no limit)", "`text` or `json`".
std::string allowed(Option const& option);

}  // namespace sewa::config
