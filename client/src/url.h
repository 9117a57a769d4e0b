#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace sewa::client {

// Where a server is. Any-thread, pure.
struct Url {
    bool secure = false;
    std::string host;
    std::string port;
    std::string path;  // "/ws/messaging/" when the text has none.

    // As in a Host header.
    std::string authority() const;
};

Result<Url> parse_url(std::string_view text);

}  // namespace sewa::client
