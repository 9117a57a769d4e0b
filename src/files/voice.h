#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::files {

// What the browser that recorded a voice message says about it. Errors are `bad_request` with the
// field's name.

// 1 ms to 6 hours.
Result<std::uint32_t> check_duration(std::string_view text);

// "[0,37,100]": 1 to 128 loudnesses of 0 to 100. Returned as this server writes it.
Result<std::string> check_waveform(std::string_view text);

}  // namespace sewa::files
