#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sewa {

// Checks UTF-8 (RFC 3629) as it arrives, in pieces of any size. Overlong forms, surrogates and
// code points above U+10FFFF are refused at the first byte that no valid text could continue with.
//
// A value of three bytes without memory of its own; not synchronised.
class Utf8Validator {
public:
    // False at the first bad byte. The value is spent then; assign a new one.
    [[nodiscard]] bool feed(std::string_view bytes);

    // True between two code points: a text may end here.
    bool complete() const { return pending_ == 0; }

private:
    bool begin_code_point(unsigned char lead);

    std::uint8_t pending_ = 0;      // Continuation bytes that this code point still needs.
    std::uint8_t next_min_ = 0x80;  // Bounds of the next one. Narrower after E0, ED, F0 and F4.
    std::uint8_t next_max_ = 0xBF;
};

bool is_utf8(std::string_view bytes);

// For valid UTF-8; what is not valid yields some number not above `text.size()`.
std::size_t count_code_points(std::string_view text);

}  // namespace sewa
