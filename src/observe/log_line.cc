#include "observe/log_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/time_text.h"
#include "observe/redact.h"

namespace sewa::observe {
namespace {

constexpr std::size_t kScannedBytesMax = 4'096;

// Beyond ASCII too: names are personal and not logged, and bytes may be no UTF-8 at all.
void append_escaped(std::string& line, std::string_view text) {
    for (char const character : text) {
        auto const code = static_cast<unsigned char>(character);
        if (code < 0x20 || code >= 0x7F) {
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", code);
            continue;
        }
        if (character == '"' || character == '\\') line += '\\';
        line += character;
    }
}

bool is_plain(std::string_view text) {
    auto const special = [](char c) {
        return c <= ' ' || c >= 0x7F || c == '"' || c == '\\' || c == '=';
    };
    return !text.empty() && std::none_of(text.begin(), text.end(), special);
}

void append_text(std::string& line, std::string_view text, Format format) {
    // Cut twice: the first bounds the work; the second comes after redaction, which shortens.
    auto clean = redact(text.substr(0, kScannedBytesMax));
    if (clean.size() > kLogValueBytesMax) {
        clean.resize(kLogValueBytesMax);
        clean += "...";
    }
    if (format == Format::kText && is_plain(clean)) {
        line += clean;
        return;
    }
    line += '"';
    append_escaped(line, clean);
    line += '"';
}

void append_value(std::string& line, Field const& field, Format format) {
    if (is_secret_name(field.key)) return append_text(line, "***", format);
    if (auto const* const text = std::get_if<std::string_view>(&field.value)) {
        return append_text(line, *text, format);
    }
    if (auto const* const number = std::get_if<double>(&field.value);
        number != nullptr && !std::isfinite(*number)) {
        return append_text(line, fmt::format("{}", *number), format);
    }
    auto print = [&line](auto const& value) {
        fmt::format_to(std::back_inserter(line), "{}", value);
    };
    std::visit(print, field.value);
}

std::string text_line(WallMs time, Level level, std::string_view event, Fields fields) {
    auto line = fmt::format("{} {} {}", to_iso8601(time), name(level), event);
    for (auto const& field : fields) {
        fmt::format_to(std::back_inserter(line), " {}=", field.key);
        append_value(line, field, Format::kText);
    }
    return line;
}

std::string json_line(WallMs time, Level level, std::string_view event, Fields fields) {
    auto line = fmt::format(R"({{"time":"{}","level":"{}","event":"{}")", to_iso8601(time),
                            name(level), event);
    for (auto const& field : fields) {
        line += ",\"";
        append_escaped(line, field.key);
        line += "\":";
        append_value(line, field, Format::kJson);
    }
    return line + '}';
}

}  // namespace

std::string log_line(Format format, WallMs time, Level level, std::string_view event,
                     Fields fields) {
    return format == Format::kJson ? json_line(time, level, event, fields)
                                   : text_line(time, level, event, fields);
}

std::string_view name(Level level) {
    switch (level) {
        case Level::kDebug:
            return "debug";
        case Level::kInfo:
            return "info";
        case Level::kWarn:
            return "warn";
        case Level::kError:
            return "error";
        case Level::kOff:
            return "off";
    }
    return "";
}

}  // namespace sewa::observe
