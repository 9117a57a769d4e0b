#pragma once

// Which sanitizer this is compiled for, 1 or 0: GCC defines a macro for each, clang has a test.
#if defined(__has_feature)
#define SEWA_HAS_FEATURE(name) __has_feature(name)
#else
#define SEWA_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || SEWA_HAS_FEATURE(address_sanitizer)
#define SEWA_ADDRESS_SANITIZED 1
#else
#define SEWA_ADDRESS_SANITIZED 0
#endif

#if defined(__SANITIZE_THREAD__) || SEWA_HAS_FEATURE(thread_sanitizer)
#define SEWA_THREAD_SANITIZED 1
#else
#define SEWA_THREAD_SANITIZED 0
#endif

namespace sewa {

// Whether AddressSanitizer watches. Memory that is kept for the next one would hide from it what is
// used after its end.
inline constexpr bool kIsAddressSanitized = SEWA_ADDRESS_SANITIZED == 1;

}  // namespace sewa
