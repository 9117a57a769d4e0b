#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/target.h"
#include "net/address.h"

namespace sewa::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

std::string_view to_string(Method method);

// ASCII only, as HTTP defines it.
bool equals_ignoring_case(std::string_view a, std::string_view b);

// Fields of a message in their order; names are compared without case. The views point into the
// object.
class Headers {
public:
    void add(std::string_view name, std::string_view value);

    // The first of that name.
    std::optional<std::string_view> find(std::string_view name) const;
    // True when a field of that name has `token` in its comma-separated list, whatever its case.
    bool has_token(std::string_view name, std::string_view token) const;

    std::size_t size() const { return fields_.size(); }
    std::string_view name(std::size_t i) const { return at(fields_[i].name, fields_[i].value); }
    std::string_view value(std::size_t i) const { return at(fields_[i].value, fields_[i].end); }

private:
    struct Field {
        std::uint32_t name, value, end;  // Offsets into `text_`.
    };
    std::string_view at(std::uint32_t begin, std::uint32_t end) const {
        return std::string_view(text_).substr(begin, end - begin);
    }

    std::string text_;
    std::vector<Field> fields_;
};

// One parsed request. Sizes are bounded by ParserLimits and the route's body limit.
struct Request {
    Method method = Method::kOther;
    std::string path;  // Decoded; see parse_target.
    Query query;
    Headers headers;
    std::string body;  // Empty when the body went to a BodySink.
    bool keep_alive = false;
    bool is_http_1_0 = false;
    net::Address remote;
};

}  // namespace sewa::http
