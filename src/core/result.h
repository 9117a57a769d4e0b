#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "core/error.h"

namespace sewa {

// Either a value or why there is none. `tl::expected` until the compilers of the supported
// distribution have `std::expected`.
template <typename T>
using Result = tl::expected<T, Error>;

using Status = Result<void>;

inline tl::unexpected<Error> fail(Errc code, std::string message, std::string field = {}) {
    return tl::unexpected<Error>(error(code, std::move(message), std::move(field)));
}

inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace sewa

#define SEWA_CONCAT_INNER(a, b) a##b
#define SEWA_CONCAT(a, b) SEWA_CONCAT_INNER(a, b)

// Evaluates, leaves the function with the error, or binds the value:
//     SEWA_TRY(auto claims, verify(token));
#define SEWA_TRY(binding, expression) \
    SEWA_TRY_NAMED(SEWA_CONCAT(sewa_try_, __LINE__), binding, expression)
#define SEWA_TRY_NAMED(name, binding, expression)                          \
    auto name = (expression);                                              \
    if (!name) return ::tl::unexpected<::sewa::Error>(std::move(name).error()); \
    binding = *std::move(name)

// The same for a Result<void>.
#define SEWA_CHECK(expression)                                                               \
    do {                                                                                     \
        if (auto sewa_check_ = (expression); !sewa_check_)                                   \
            return ::tl::unexpected<::sewa::Error>(std::move(sewa_check_).error());          \
    } while (false)
