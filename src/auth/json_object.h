#pragma once

// For the .cc files of this module only: simdjson is a heavy header.
#include <simdjson.h>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace sewa::auth {

using JsonValue = simdjson::dom::element;

// The members of one JSON object in which no name occurs twice: parsers that disagree about which
// of two `sub` claims counts have let people in. Views point into `document`, see below.
class JsonObject {
public:
    static Result<JsonObject> of(JsonValue value);

    std::optional<JsonValue> find(std::string_view name) const;

    // nullopt when absent; fails when present and no string.
    Result<std::optional<std::string_view>> find_text(std::string_view name) const;

private:
    std::vector<std::pair<std::string_view, JsonValue>> members_;  // sorted by name
};

// A parsed text. Values and views taken from `root` live as long as the document.
class JsonDocument {
public:
    // Fails with kUnauthorized for bad UTF-8, bad JSON, and nesting deeper than 16.
    static Result<JsonDocument> parse(std::string_view json);

    JsonValue root() const { return root_; }

private:
    std::unique_ptr<simdjson::dom::parser> parser_;
    JsonValue root_;
};

}  // namespace sewa::auth
