#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sewa::cli {

// "90s", "15m", "1h", "7d" in milliseconds; 1 s to 10 years. nullopt for everything else.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);

}  // namespace sewa::cli
