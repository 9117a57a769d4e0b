#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "core/errc.gen.h"

namespace sewa {

// An expected failure: something a peer, the disk or the clock can cause. A value, never thrown.
struct Error {
    Errc code = Errc::kInternal;
    std::string message;  // For people: what is wrong and how to mend it. Never a token or a body.
    std::string field;    // The culprit among the request's fields; empty when there is none.
    std::uint32_t retry_after_ms = 0;  // 0: not given.
};

inline Error error(Errc code, std::string message, std::string field = {}) {
    return Error{code, std::move(message), std::move(field), 0};
}

}  // namespace sewa
