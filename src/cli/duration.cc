#include "cli/duration.h"

#include <charconv>

namespace sewa::cli {
namespace {

constexpr std::int64_t kSecondsMax = std::int64_t{10} * 366 * 86'400;

std::int64_t seconds_of(char unit) {
    switch (unit) {
        case 's':
            return 1;
        case 'm':
            return 60;
        case 'h':
            return 3'600;
        case 'd':
            return 86'400;
        default:
            return 0;
    }
}

}  // namespace

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
    std::int64_t count = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc() || end - stop != 1) return std::nullopt;
    auto const unit_s = seconds_of(*stop);
    if (unit_s == 0 || count < 1 || count > kSecondsMax / unit_s) return std::nullopt;
    return count * unit_s * 1'000;
}

}  // namespace sewa::cli
