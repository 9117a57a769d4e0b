#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/id.h"
#include "core/model.h"

namespace sewa::auth {

std::string_view name(Role role);
std::optional<Role> find_role(std::string_view name);

// Longest profile texts that a token may carry, in bytes.
inline constexpr std::size_t kNameBytesMax = 200;
inline constexpr std::size_t kAvatarBytesMax = 2048;

// An avatar becomes an image address on other people's screens: http, https or a path of ours.
bool is_web_address(std::string_view text);

// Who a verified token speaks for (PROTOCOL C-11). Empty profile texts: the token has none.
struct Claims {
    UserId user;
    WallMs expires_at;
    std::string name;
    std::string first_name;
    std::string last_name;
    std::string avatar;
    std::optional<Role> role;  // none: absent, or a word that this server does not know
    WallMs issued_at = {};     // 0: the token does not say
};

}  // namespace sewa::auth
