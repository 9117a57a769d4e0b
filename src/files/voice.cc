#include "files/voice.h"

#include <charconv>

namespace sewa::files {

namespace {

constexpr std::uint32_t kDurationMax = 6 * 3600 * 1000;
constexpr std::uint32_t kLoudnessMax = 100;
constexpr int kSamplesMax = 128;

// Takes a number of at most `most` off the front.
bool take_number(std::string_view& rest, std::uint32_t most, std::uint32_t& value) {
    auto const result = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    if (result.ec != std::errc{} || value > most) return false;
    rest.remove_prefix(static_cast<std::size_t>(result.ptr - rest.data()));
    return true;
}

void skip_spaces(std::string_view& rest) {
    while (rest.starts_with(' ')) rest.remove_prefix(1);
}

}  // namespace

Result<std::uint32_t> check_duration(std::string_view text) {
    std::uint32_t value = 0;
    if (take_number(text, kDurationMax, value) && text.empty() && value > 0) return value;
    return fail(Errc::kBadRequest, "give the duration in whole milliseconds, up to 6 hours",
                "duration_ms");
}

Result<std::string> check_waveform(std::string_view text) {
    auto const refused =
        fail(Errc::kBadRequest, "give 1 to 128 loudnesses of 0 to 100: [0,37,100]", "waveform");
    if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 3) return refused;
    auto rest = text.substr(1, text.size() - 2);
    std::string list = "[";
    for (int samples = 1;; ++samples) {
        std::uint32_t value = 0;
        skip_spaces(rest);
        if (samples > kSamplesMax || !take_number(rest, kLoudnessMax, value)) return refused;
        list += std::to_string(value);
        skip_spaces(rest);
        if (rest.empty()) return list + "]";
        if (!rest.starts_with(',')) return refused;
        rest.remove_prefix(1);
        list += ',';
    }
}

}  // namespace sewa::files
