#include "http/cors.h"

#include <algorithm>

namespace sewa::http {

namespace {

constexpr char kMethods[] = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr char kRequestFields[] = "Authorization, Content-Type, Range, If-None-Match, If-Range";
constexpr char kAnswerFields[] = "Retry-After, WWW-Authenticate, ETag, Content-Range, Allow";
constexpr char kSecondsToRemember[] = "7200";

}  // namespace

std::string const* Cors::allowed_origin(Request const& request) const {
    if (origins_.empty()) return nullptr;
    auto const origin = request.headers.find("Origin");
    if (!origin) return nullptr;
    auto const at = std::find(origins_.begin(), origins_.end(), *origin);
    return at == origins_.end() ? nullptr : &*at;
}

void Cors::mark(Response& response, std::string const* origin) const {
    if (origins_.empty()) return;
    // Also where no page asked, so that no cache answers a page with what has no permission in it.
    response.header("Vary", "Origin");
    if (origin == nullptr) return;
    response.header("Access-Control-Allow-Origin", *origin);
    response.header("Access-Control-Expose-Headers", kAnswerFields);
}

void Cors::answer_preflight(Response& response) {
    response.header("Access-Control-Allow-Methods", kMethods);
    response.header("Access-Control-Allow-Headers", kRequestFields);
    response.header("Access-Control-Max-Age", kSecondsToRemember);
}

}  // namespace sewa::http
