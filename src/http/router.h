#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/handler.h"

namespace sewa::http {

// The numbers that a pattern captured, in their order.
class PathIds {
public:
    static constexpr std::size_t kMax = 4;

    std::int64_t operator[](std::size_t i) const { return ids_[i]; }
    std::size_t size() const { return size_; }
    bool add(std::int64_t id) {
        if (size_ == kMax) return false;
        ids_[size_++] = id;
        return true;
    }

private:
    std::array<std::int64_t, kMax> ids_{};
    std::size_t size_ = 0;
};

using RouteHandler = std::function<void(RequestContext&, PathIds const&)>;

struct Route {
    Method method = Method::kGet;
    // "/api/things/{id}/parts/": `{id}` captures an integer from 1 to 2^53 − 1; the slash at the
    // end is optional.
    std::string pattern;
    RouteHandler handler;
    std::uint64_t body_bytes_max = 64 * 1024;
    // For a body that is streamed; overrides `body_bytes_max`.
    std::function<BodyPlan(Request const&)> plan_body = nullptr;
};

// Chooses the route of a request and answers 404 and 405 (with Allow). GET routes answer HEAD too,
// and OPTIONS says what a path allows.
//
// Filled at start-up, then frozen; one per shard, as handlers are shard-local.
class Router final : public Handler {
public:
    void add(Route route);
    // For what no route's path matches, instead of 404: files, pages. Sees every method.
    void set_fallback(std::function<void(RequestContext&)> fallback);
    // How 404, 405 and malformed requests look.
    void set_error_page(std::function<Response(Refusal const&)> page);

    BodyPlan plan_body(Request const& head) override;
    void on_request(RequestContext& context) override;
    Response refuse(Refusal const& refusal) override;

private:
    struct Entry {
        Route route;
        std::vector<std::string> segments;
    };
    struct Match {
        Entry const* entry = nullptr;  // Null when no route has this path and method.
        PathIds ids;
        std::string allow;  // The methods that this path has.
    };

    Match match(Method method, std::string_view path) const;
    Response error_page(Refusal const& refusal);

    std::vector<Entry> entries_;
    std::function<void(RequestContext&)> fallback_;
    std::function<Response(Refusal const&)> page_;
};

}  // namespace sewa::http
