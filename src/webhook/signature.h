#pragma once

#include <string>
#include <string_view>

#include "core/clock.h"

namespace sewa::webhook {

// The value of X-Sewa-Signature (PROTOCOL W-2): `t=<seconds since 1970>,v1=<hexadecimal
// HMAC-SHA-256 of "<t>.<body>">`. The time is signed, too, so that a recorded request grows old.
std::string sign(std::string_view secret, WallMs now, std::string_view body);

}  // namespace sewa::webhook
