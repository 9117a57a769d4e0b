#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace sewa {

// ISO 8601 UTC with milliseconds: "2026-01-01T00:00:00.000Z" (PROTOCOL E-7).
std::string to_iso8601(WallMs time);
void append_iso8601(std::string& out, WallMs time);

// Accepts what `to_iso8601` writes, also without the fraction, and a plain date. nullopt otherwise.
std::optional<WallMs> from_iso8601(std::string_view text);

}  // namespace sewa
