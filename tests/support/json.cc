#include "json.h"

#include <simdjson.h>

#include <ostream>
#include <utility>
#include <variant>
#include <vector>

namespace sewa::e2e {

struct Json::Node {
    using Kept = std::shared_ptr<Node const>;
    using Members = std::vector<std::pair<std::string, Kept>>;

    std::variant<std::nullptr_t, bool, std::int64_t, std::string, std::vector<Kept>, Members> value;
    std::string source;
};

namespace {

std::shared_ptr<Json::Node const> keep(simdjson::dom::element element) {
    auto node = std::make_shared<Json::Node>();
    node->source = simdjson::minify(element);
    if (element.is_bool()) node->value = bool(element);
    if (element.is_int64()) node->value = std::int64_t(element);
    if (element.is_string()) node->value = std::string(std::string_view(element));
    if (element.is_array()) {
        std::vector<Json::Node::Kept> items;
        for (auto const item : simdjson::dom::array(element)) items.push_back(keep(item));
        node->value = std::move(items);
    }
    if (element.is_object()) {
        Json::Node::Members members;
        for (auto const member : simdjson::dom::object(element)) {
            members.emplace_back(member.key, keep(member.value));
        }
        node->value = std::move(members);
    }
    return node;
}

template <typename Kind>
Kind const* as(std::shared_ptr<Json::Node const> const& node) {
    return node == nullptr ? nullptr : std::get_if<Kind>(&node->value);
}

}  // namespace

Json Json::parse(std::string_view text) {
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    if (parser.parse(text.data(), text.size()).get(element) != simdjson::SUCCESS) return {};
    return Json(keep(element));
}

bool Json::is_null() const {
    return as<std::nullptr_t>(node_) != nullptr;
}

Json Json::operator[](std::string_view key) const {
    if (auto const* members = as<Node::Members>(node_)) {
        for (auto const& [name, value] : *members) {
            if (name == key) return Json(value);
        }
    }
    return {};
}

Json Json::operator[](std::size_t index) const {
    auto const* items = as<std::vector<Node::Kept>>(node_);
    return items != nullptr && index < items->size() ? Json((*items)[index]) : Json();
}

std::int64_t Json::number() const {
    auto const* value = as<std::int64_t>(node_);
    return value == nullptr ? -1 : *value;
}

std::string Json::text() const {
    auto const* value = as<std::string>(node_);
    return value == nullptr ? "<none>" : *value;
}

bool Json::truth() const {
    auto const* value = as<bool>(node_);
    return value != nullptr && *value;
}

std::size_t Json::size() const {
    auto const* items = as<std::vector<Node::Kept>>(node_);
    return items == nullptr ? 0 : items->size();
}

std::string Json::dump() const {
    return node_ == nullptr ? "<absent>" : node_->source;
}

void PrintTo(Json const& json, std::ostream* out) {
    *out << json.dump();
}

}  // namespace sewa::e2e
