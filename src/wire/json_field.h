#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "core/result.h"

namespace sewa::wire {

using JsonObject = simdjson::dom::object;
using JsonElement = simdjson::dom::element;

// Deepest nesting that is read (PROTOCOL E-3).
inline constexpr std::size_t kJsonDepthMax = 16;

inline Error bad_field(std::string_view key, std::string_view what) {
    return error(Errc::kBadRequest, "`" + std::string(key) + "` " + std::string(what),
                 std::string(key));
}

inline bool is_absent(JsonObject object, std::string_view key) {
    JsonElement element;
    return object[key].get(element) != simdjson::SUCCESS || element.is_null();
}

// Present, an integer, in [minimum, 2^53 − 1].
inline Result<std::int64_t> read_integer(JsonObject object, std::string_view key,
                                         std::int64_t minimum = 1) {
    std::int64_t value = 0;
    if (object[key].get_int64().get(value) != simdjson::SUCCESS || value < minimum ||
        value > kIdMax) {
        return fail(bad_field(key, "must be an integer between " + std::to_string(minimum) +
                                       " and 2^53 - 1"));
    }
    return value;
}

inline Result<std::string_view> read_string(JsonObject object, std::string_view key) {
    std::string_view value;
    if (object[key].get_string().get(value) != simdjson::SUCCESS) {
        return fail(bad_field(key, "must be a string"));
    }
    return value;
}

inline Result<bool> read_bool(JsonObject object, std::string_view key) {
    bool value = false;
    if (object[key].get_bool().get(value) != simdjson::SUCCESS) {
        return fail(bad_field(key, "must be true or false"));
    }
    return value;
}

inline Result<std::vector<std::int64_t>> read_integers(JsonObject object, std::string_view key,
                                                       std::size_t count_max) {
    simdjson::dom::array array;
    if (object[key].get_array().get(array) != simdjson::SUCCESS || array.size() > count_max) {
        return fail(bad_field(key, "must be a list of at most " + std::to_string(count_max) +
                                       " integers"));
    }
    std::vector<std::int64_t> values;
    values.reserve(array.size());
    for (auto const element : array) {
        std::int64_t value = 0;
        if (element.get_int64().get(value) != simdjson::SUCCESS || value < 1 || value > kIdMax) {
            return fail(bad_field(key, "must hold positive integers only"));
        }
        values.push_back(value);
    }
    return values;
}

}  // namespace sewa::wire
