#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "core/clock.h"
#include "core/id.h"

namespace sewa::observe {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError, kOff };
enum class Format : std::uint8_t { kText, kJson };

// "debug", "info", "warn", "error", "off"; kInfo for anything else.
Level level_from_text(std::string_view text);

// Views: alive for the call only.
using FieldValue = std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view>;

struct Field {
    template <std::signed_integral Number>
    Field(std::string_view name, Number number) : key(name), value(std::int64_t{number}) {}
    template <std::unsigned_integral Number>
    Field(std::string_view name, Number number) : key(name), value(std::uint64_t{number}) {}
    template <typename Tag>
    Field(std::string_view name, Id<Tag> id) : key(name), value(id.value) {}
    Field(std::string_view name, double number) : key(name), value(number) {}
    Field(std::string_view name, bool flag) : key(name), value(flag) {}
    Field(std::string_view name, std::string_view text) : key(name), value(text) {}
    Field(std::string_view name, std::string const& text) : Field(name, std::string_view(text)) {}
    Field(std::string_view name, char const* text) : Field(name, std::string_view(text)) {}

    std::string_view key;
    FieldValue value;
};

using Fields = std::initializer_list<Field>;

struct LogOptions {
    Level level = Level::kInfo;
    Format format = Format::kText;
    int repeats_per_second = 10;     // of one event, for the limited variant
    std::ostream* stream = nullptr;  // nullptr: standard error
};

// Structured log: one line for each event, named first so that it can be searched for.
//
//     log.warn("slow_consumer", {{"session", id}, {"queued_bytes", n}});
//     2026-01-01T00:00:00.000Z warn slow_consumer session=7 queued_bytes=262144
//
// Any-thread. Writes at once. Values are escaped to printable ASCII, so that a peer can forge
// neither a line nor a terminal sequence, cut at 512 bytes, and redacted (redact.h): a token never
// gets into a log, whatever the caller passes.
class Log {
public:
    Log(LogOptions options, Clock const& clock);
    ~Log();

    bool writes(Level level) const;

    void debug(std::string_view event, Fields fields = {}) { write(Level::kDebug, event, fields); }
    void info(std::string_view event, Fields fields = {}) { write(Level::kInfo, event, fields); }
    void warn(std::string_view event, Fields fields = {}) { write(Level::kWarn, event, fields); }
    void error(std::string_view event, Fields fields = {}) { write(Level::kError, event, fields); }
    void write(Level level, std::string_view event, Fields fields);

    // For events that a peer can cause in a flood: at most `repeats_per_second` lines of one name,
    // then one line `log_suppressed event=… count=…`. Names beyond 256 share one budget.
    void limited(Level level, std::string_view event, Fields fields = {});

    // Writes the summaries that are due; call it every few seconds and at the end.
    void flush_suppressed();

private:
    struct State;
    std::unique_ptr<State> const state_;
};

}  // namespace sewa::observe
