#pragma once

#include <string>
#include <vector>

#include "http/request.h"
#include "http/response.h"

namespace sewa::http {

// Which pages of other origins may read answers: the CORS protocol of the Fetch standard. Tokens
// come in a header and never by themselves, so nothing is said about credentials. Frozen.
class Cors {
public:
    Cors() = default;
    explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    // Null when the request is of no allowed page.
    std::string const* allowed_origin(Request const& request) const;

    // What an answer says to that page, or that it depends on the page at all.
    void mark(Response& response, std::string const* origin) const;
    // A browser asks before it sends what a form could not.
    static void answer_preflight(Response& response);

private:
    std::vector<std::string> origins_;
};

}  // namespace sewa::http
