#include "files/byte_range.h"

#include <algorithm>
#include <charconv>

namespace sewa::files {

namespace {

// nullopt: no number. A number that is too large is as good as the largest.
std::optional<std::uint64_t> number(std::string_view text) {
    if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    std::uint64_t value = 0;
    auto const result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc{} ? value : UINT64_MAX;
}

}  // namespace

std::optional<ByteRange> requested_range(std::string_view header, std::uint64_t size) {
    ByteRange const whole{0, size, false};
    constexpr std::string_view kUnit = "bytes=";
    if (!header.starts_with(kUnit)) return whole;
    auto const spec = header.substr(kUnit.size());
    auto const dash = spec.find('-');
    if (dash == spec.npos) return whole;
    auto const first = number(spec.substr(0, dash)), last = number(spec.substr(dash + 1));
    if (!first && dash == 0 && last) {  // The last so many.
        auto const length = std::min(*last, size);
        if (length == 0) return std::nullopt;
        return ByteRange{size - length, length, true};
    }
    bool const is_open = dash + 1 == spec.size();
    if (!first || (!last && !is_open) || (last && *last < *first)) return whole;
    if (*first >= size) return std::nullopt;
    auto const end = last ? std::min(*last, size - 1) : size - 1;
    return ByteRange{*first, end - *first + 1, true};
}

}  // namespace sewa::files
