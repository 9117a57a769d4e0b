#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "json.h"

namespace sewa::e2e {

struct HttpAnswer {
    int status = 0;                              // 0: no answer.
    std::map<std::string, std::string> headers;  // Names in small letters.
    std::string body;

    Json json() const { return Json::parse(body); }
};

// A request and its answer over a connection of its own. `more_headers` ends with CRLF.
struct HttpRequest {
    std::string method = "GET";
    std::string target = "/";
    std::string token = {};
    std::string body = {};
    std::string more_headers = {};
    std::string content_type = "application/json";
};
HttpAnswer http(std::uint16_t port, HttpRequest const& request);

// The bytes as they are, and what came back.
std::string http_raw(std::uint16_t port, std::string_view bytes);

}  // namespace sewa::e2e
