#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::chat {

// Checks that need no stored state. `field` in the error is the protocol's name.

// The part of `content` without surrounding white space; 1 to `chars_max` code points (M-6); no
// NUL. `field`: what the sender calls it.
Result<std::string_view> check_content(std::string_view content, std::size_t chars_max,
                                       bool may_be_empty = false,
                                       std::string_view field = "content");

// Empty, or 1 to 64 of [A-Za-z0-9_-].
Status check_client_msg_id(std::string_view client_msg_id);

// 1 to 16 code points without white space or control characters.
Status check_emoji(std::string_view emoji);

}  // namespace sewa::chat
