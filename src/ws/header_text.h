#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sewa::ws {

// Reads the list grammar of HTTP header values (RFC 9110 §5.6) from left to right.
// A view; any thread. Each `take_…` skips white space before it and consumes nothing on failure.
class HeaderText {
public:
    explicit HeaderText(std::string_view text) : rest_(text) {}

    bool take(char separator);
    std::optional<std::string_view> take_token();
    std::optional<std::string> take_quoted();
    bool at_end();

private:
    void skip_space();

    std::string_view rest_;
};

bool equals_ignoring_case(std::string_view a, std::string_view b);

// True when the comma-separated `list` has `token`, in any case.
bool list_has_token(std::string_view list, std::string_view token);

}  // namespace sewa::ws
