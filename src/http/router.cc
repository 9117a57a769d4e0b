#include "http/router.h"

#include <algorithm>
#include <charconv>

#include "core/assert.h"
#include "core/id.h"

namespace sewa::http {

namespace {

constexpr std::string_view kCapture = "{id}";

std::string_view without_end_slash(std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

// The piece up to the next slash; `rest` begins behind it.
std::string_view take_segment(std::string_view& rest) {
    auto const slash = std::min(rest.find('/'), rest.size());
    auto const segment = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    return segment;
}

std::vector<std::string> split(std::string_view pattern) {
    SEWA_ASSERT(pattern.starts_with('/'));
    std::vector<std::string> segments;
    auto rest = without_end_slash(pattern).substr(1);
    while (!rest.empty()) segments.emplace_back(take_segment(rest));
    return segments;
}

bool capture(std::string_view segment, PathIds& ids) {
    std::int64_t id = 0;
    auto const* const end = segment.data() + segment.size();
    auto const [stopped, failure] = std::from_chars(segment.data(), end, id);
    return failure == std::errc{} && stopped == end && id > 0 && id <= kIdMax && ids.add(id);
}

bool matches(std::vector<std::string> const& segments, std::string_view path, PathIds& ids) {
    if (!path.starts_with('/')) return false;
    auto rest = without_end_slash(path).substr(1);
    bool ended = rest.empty();
    for (auto const& segment : segments) {
        if (ended) return false;
        ended = rest.find('/') == rest.npos;
        auto const piece = take_segment(rest);
        bool const fits = segment == kCapture ? capture(piece, ids) : piece == segment;
        if (!fits) return false;
    }
    return ended;
}

bool answers(Method route, Method request) {
    return route == request || (route == Method::kGet && request == Method::kHead);
}

void allow_more(std::string& allow, Method method) {
    if (!allow.empty()) allow += ", ";
    allow += to_string(method);
    if (method == Method::kGet) allow += ", HEAD";
}

}  // namespace

void Router::add(Route route) {
    auto segments = split(route.pattern);
    SEWA_ASSERT(std::count(segments.begin(), segments.end(), kCapture) <=
                static_cast<std::ptrdiff_t>(PathIds::kMax));
    entries_.push_back({std::move(route), std::move(segments)});
}

void Router::set_fallback(std::function<void(RequestContext&)> fallback) {
    fallback_ = std::move(fallback);
}

void Router::set_error_page(std::function<Response(Refusal const&)> page) {
    page_ = std::move(page);
}

Router::Match Router::match(Method method, std::string_view path) const {
    Match found;
    for (auto const& entry : entries_) {
        PathIds ids;
        if (!matches(entry.segments, path, ids)) continue;
        allow_more(found.allow, entry.route.method);
        if (found.entry != nullptr || !answers(entry.route.method, method)) continue;
        found.entry = &entry;
        found.ids = ids;
    }
    return found;
}

BodyPlan Router::plan_body(Request const& head) {
    auto const found = match(head.method, head.path);
    if (found.entry == nullptr) return {};
    auto const& route = found.entry->route;
    if (route.plan_body) return route.plan_body(head);
    return {.bytes_max = route.body_bytes_max};
}

void Router::on_request(RequestContext& context) {
    auto const found = match(context.request().method, context.request().path);
    if (found.entry != nullptr) return found.entry->route.handler(context, found.ids);
    if (!found.allow.empty() && context.request().method == Method::kOptions) {
        Response response(204);
        response.header("Allow", found.allow + ", OPTIONS");
        return context.respond(std::move(response));
    }
    if (!found.allow.empty()) {
        auto response = error_page({405, "this method is not allowed here"});
        response.header("Allow", found.allow + ", OPTIONS");
        return context.respond(std::move(response));
    }
    if (fallback_) return fallback_(context);
    context.respond(error_page({404, "no such page"}));
}

Response Router::refuse(Refusal const& refusal) {
    return error_page(refusal);
}

Response Router::error_page(Refusal const& refusal) {
    if (page_) return page_(refusal);
    return Response::text(refusal.status, refusal.reason + "\n");
}

}  // namespace sewa::http
