#pragma once

#include <string>
#include <string_view>

#include "observe/log.h"

namespace sewa::observe {

inline constexpr std::size_t kLogValueBytesMax = 512;

// One line without its end. For log.cc.
std::string log_line(Format format, WallMs time, Level level, std::string_view event,
                     Fields fields);

std::string_view name(Level level);

}  // namespace sewa::observe
