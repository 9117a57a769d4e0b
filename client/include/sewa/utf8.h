#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Text as code points. Any-thread, pure.
namespace sewa::client {

struct CodePoint {
    char32_t value = 0xFFFD;
    std::size_t bytes = 1;
    bool valid = false;
};

// The code point at the start of `text`, which is not empty. What is not UTF-8 is one invalid byte.
CodePoint first_code_point(std::string_view text);

std::string valid_utf8(std::string_view text);
std::size_t count_code_points(std::string_view text);
// Without white space (Unicode's) at either end, as M-6 counts.
std::string_view trimmed(std::string_view text);

}  // namespace sewa::client
