#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace sewa::http {

// The decoded parameters of a query, in their order. At most `kQueryParametersMax`.
class Query {
public:
    // The first of that name; nullopt when there is none.
    std::optional<std::string_view> find(std::string_view name) const;

    std::vector<std::pair<std::string, std::string>> parameters;
};

inline constexpr std::size_t kQueryParametersMax = 64;

// Replaces %XX. nullopt for an escape that is cut off or not hexadecimal, and for a zero byte.
std::optional<std::string> percent_decode(std::string_view text);

// "a=1&b=x%20y+z": a plus sign is a space. Empty pieces are skipped; a name alone has an empty
// value.
Result<Query> parse_query(std::string_view text);

struct Target {
    std::string path;  // Decoded, begins with '/'; or "*".
    Query query;
};

// The request target in origin or absolute form. Refuses fragments, encoded slashes and "." and
// ".." segments, so that no route or file look-up has to think of them.
Result<Target> parse_target(std::string_view text);

}  // namespace sewa::http
