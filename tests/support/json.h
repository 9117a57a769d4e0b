#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace sewa::e2e {

// A parsed answer of the server. A key that is absent gives a value on which everything is absent
// as well, so that a test fails at its comparison and not in the parser.
class Json {
public:
    struct Node;

    Json() = default;
    static Json parse(std::string_view text);

    bool is_valid() const { return node_ != nullptr; }  // There is something, perhaps null.
    bool is_null() const;
    Json operator[](std::string_view key) const;
    Json operator[](std::size_t index) const;
    bool has(std::string_view key) const { return (*this)[key].is_valid(); }

    std::int64_t number() const;  // -1 when it is none.
    std::string text() const;     // "<none>" when it is none.
    bool truth() const;
    std::size_t size() const;  // Of an array.
    std::string dump() const;

    friend bool operator==(Json const& json, std::string_view text) { return json.text() == text; }
    friend bool operator==(Json const& json, std::int64_t number) {
        return json.number() == number;
    }

private:
    explicit Json(std::shared_ptr<Node const> node) : node_(std::move(node)) {}

    std::shared_ptr<Node const> node_;
};

void PrintTo(Json const& json, std::ostream* out);

}  // namespace sewa::e2e
