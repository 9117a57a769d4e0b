#include "auth/json_object.h"

#include <algorithm>

namespace sewa::auth {
namespace {

constexpr std::size_t kDepthMax = 16;
// simdjson refuses to allocate for less.
constexpr std::size_t kCapacityMin = 64;

}  // namespace

Result<JsonObject> JsonObject::of(JsonValue value) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return fail(Errc::kUnauthorized, "no JSON object");
    JsonObject parsed;
    for (auto const& member : object) parsed.members_.emplace_back(member.key, member.value);
    auto by_name = [](auto const& a, auto const& b) { return a.first < b.first; };
    std::sort(parsed.members_.begin(), parsed.members_.end(), by_name);
    auto same_name = [](auto const& a, auto const& b) { return a.first == b.first; };
    auto const twin = std::adjacent_find(parsed.members_.begin(), parsed.members_.end(), same_name);
    if (twin != parsed.members_.end()) return fail(Errc::kUnauthorized, "a name occurs twice");
    return parsed;
}

std::optional<JsonValue> JsonObject::find(std::string_view name) const {
    auto const found = std::lower_bound(
        members_.begin(), members_.end(), name,
        [](auto const& member, std::string_view wanted) { return member.first < wanted; });
    if (found == members_.end() || found->first != name) return std::nullopt;
    return found->second;
}

Result<std::optional<std::string_view>> JsonObject::find_text(std::string_view name) const {
    auto const value = find(name);
    if (!value) return std::optional<std::string_view>();
    std::string_view text;
    if (value->get(text) == simdjson::SUCCESS) return std::optional<std::string_view>(text);
    return fail(Errc::kUnauthorized, "\"" + std::string(name) + "\" is no string");
}

Result<JsonDocument> JsonDocument::parse(std::string_view json) {
    JsonDocument document;
    document.parser_ = std::make_unique<simdjson::dom::parser>();
    auto error = document.parser_->allocate(std::max(json.size(), kCapacityMin), kDepthMax);
    if (error == simdjson::SUCCESS) {
        error = document.parser_->parse(simdjson::padded_string(json)).get(document.root_);
    }
    if (error != simdjson::SUCCESS) return fail(Errc::kUnauthorized, "bad JSON");
    return document;
}

}  // namespace sewa::auth
