#include "core/time_text.h"

#include <charconv>
#include <chrono>

namespace sewa {

namespace {

using Days = std::chrono::sys_days;

// Reads exactly `digits` digits at `at`; nullopt when they are not there.
std::optional<int> read_digits(std::string_view text, std::size_t at, std::size_t digits) {
    if (at + digits > text.size()) return std::nullopt;
    int value = 0;
    auto const* begin = text.data() + at;
    auto const [end, failure] = std::from_chars(begin, begin + digits, value);
    if (failure != std::errc{} || end != begin + digits || *begin == '-') return std::nullopt;
    return value;
}

void write_digits(char* out, unsigned value, int digits) {
    for (int i = digits - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

std::optional<std::int64_t> read_date(std::string_view text) {
    auto const year = read_digits(text, 0, 4), month = read_digits(text, 5, 2),
               day = read_digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
    std::chrono::year_month_day const date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return Days{date}.time_since_epoch().count() * std::int64_t{86'400'000};
}

std::optional<std::int64_t> read_time(std::string_view text) {
    auto const hour = read_digits(text, 11, 2), minute = read_digits(text, 14, 2),
               second = read_digits(text, 17, 2);
    if (!hour || !minute || !second || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    int milliseconds = 0;
    if (text.size() == 24) {
        auto const fraction = read_digits(text, 20, 3);
        if (!fraction || text[19] != '.') return std::nullopt;
        milliseconds = *fraction;
    }
    return ((*hour * 60LL + *minute) * 60 + *second) * 1000 + milliseconds;
}

}  // namespace

std::string to_iso8601(WallMs time) {
    std::string text;
    append_iso8601(text, time);
    return text;
}

// Every frame has one, so it is written digit by digit.
void append_iso8601(std::string& out, WallMs time) {
    auto const point =
        std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{time.value}};
    auto const day = std::chrono::floor<std::chrono::days>(point);
    std::chrono::year_month_day const date{day};
    auto const of_day = static_cast<unsigned>((point - day).count());
    char text[] = "0000-00-00T00:00:00.000Z";
    write_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
    write_digits(text + 5, static_cast<unsigned>(date.month()), 2);
    write_digits(text + 8, static_cast<unsigned>(date.day()), 2);
    write_digits(text + 11, of_day / 3'600'000, 2);
    write_digits(text + 14, of_day / 60'000 % 60, 2);
    write_digits(text + 17, of_day / 1'000 % 60, 2);
    write_digits(text + 20, of_day % 1'000, 3);
    out.append(text, sizeof text - 1);
}

std::optional<WallMs> from_iso8601(std::string_view text) {
    if (text.size() != 10 && text.size() != 20 && text.size() != 24) return std::nullopt;
    auto const date = read_date(text);
    if (!date) return std::nullopt;
    if (text.size() == 10) return WallMs{*date};
    auto const time = read_time(text);
    if (!time || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
    return WallMs{*date + *time};
}

}  // namespace sewa
