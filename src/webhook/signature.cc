#include "webhook/signature.h"

#include <fmt/format.h>

#include "auth/signature.h"

namespace sewa::webhook {

std::string sign(std::string_view secret, WallMs now, std::string_view body) {
    auto const seconds = now.value / 1000;
    auto const mac = auth::hmac_sha256(secret, fmt::format("{}.{}", seconds, body));
    auto text = fmt::format("t={},v1=", seconds);
    for (char const byte : mac) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return text;
}

}  // namespace sewa::webhook
