#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sewa::files {

// "form-data; name=\"a\"; filename=\"b\"" taken apart. Names are in small letters, quotes are
// removed. nullopt for what is not well formed or has a parameter twice.
struct HeaderParameters {
    std::string value;
    std::vector<std::pair<std::string, std::string>> parameters;

    std::string const* find(std::string_view name) const;
};

std::optional<HeaderParameters> parse_header_parameters(std::string_view text);

std::string lower_case(std::string_view text);
std::string_view trimmed(std::string_view text);

}  // namespace sewa::files
