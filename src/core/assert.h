#pragma once

namespace sewa {

// Prints where and what, then stops the process.
[[noreturn]] void assertion_failed(char const* what, char const* file, int line);

}  // namespace sewa

// For bugs of this program only, in release builds too. Whatever a peer can cause by bytes, by
// order or by timing is a Result.
#define SEWA_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::sewa::assertion_failed(#condition, __FILE__, __LINE__))
