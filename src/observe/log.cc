#include "observe/log.h"

#include <algorithm>
#include <array>

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <mutex>
#include <unordered_map>

#include "observe/log_line.h"

namespace sewa::observe {
namespace {

constexpr std::size_t kEventsMax = 256;
constexpr std::int64_t kWindowMs = 1'000;

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::kDebug:
            return spdlog::level::debug;
        case Level::kInfo:
            return spdlog::level::info;
        case Level::kWarn:
            return spdlog::level::warn;
        case Level::kError:
            return spdlog::level::err;
        case Level::kOff:
            return spdlog::level::off;
    }
    return spdlog::level::off;
}

spdlog::sink_ptr sink_for(std::ostream* stream) {
    if (stream == nullptr) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
    return std::make_shared<spdlog::sinks::ostream_sink_mt>(*stream, true);
}

}  // namespace

struct Log::State {
    // One second in the life of one event name.
    struct Window {
        MonoMs started_at;
        int written = 0;
        std::uint64_t suppressed = 0;
        Level level = Level::kInfo;
    };

    State(LogOptions options_, Clock const& clock_)
        : options(options_), clock(clock_), logger("sewa", sink_for(options_.stream)) {
        logger.set_level(to_spdlog(options.level));
        logger.set_pattern("%v");
        logger.flush_on(spdlog::level::warn);
    }

    // The summary of a window that is over and hid something: the count to report, else 0.
    std::uint64_t start_again(Window& window, MonoMs now) const {
        if (now - window.started_at < kWindowMs) return 0;
        auto const suppressed = window.suppressed;
        window = {now, 0, 0, window.level};
        return suppressed;
    }

    LogOptions const options;
    Clock const& clock;
    spdlog::logger logger;

    std::mutex mutex;  // guards the table below; never held while a line is written
    std::unordered_map<std::string, Window> windows;
};

Level level_from_text(std::string_view text) {
    constexpr std::array<std::string_view, 5> kNames{"debug", "info", "warn", "error", "off"};
    auto const* const found = std::find(kNames.begin(), kNames.end(), text);
    return found == kNames.end() ? Level::kInfo : static_cast<Level>(found - kNames.begin());
}

Log::Log(LogOptions options, Clock const& clock)
    : state_(std::make_unique<State>(options, clock)) {}

Log::~Log() {
    state_->logger.flush();
}

bool Log::writes(Level level) const {
    return level != Level::kOff && state_->logger.should_log(to_spdlog(level));
}

void Log::write(Level level, std::string_view event, Fields fields) {
    if (!writes(level)) return;
    auto const line = log_line(state_->options.format, state_->clock.wall(), level, event, fields);
    state_->logger.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

void Log::limited(Level level, std::string_view event, Fields fields) {
    if (!writes(level)) return;
    std::uint64_t hidden = 0;
    {
        std::scoped_lock const lock(state_->mutex);
        auto const now = state_->clock.mono();
        auto& windows = state_->windows;
        std::string name(event);
        if (windows.size() >= kEventsMax && !windows.contains(name)) name = "other";
        auto& window = windows.try_emplace(name, State::Window{now}).first->second;
        hidden = state_->start_again(window, now);
        window.level = level;
        if (++window.written > state_->options.repeats_per_second) {
            ++window.suppressed;
            return;
        }
    }
    if (hidden > 0) write(level, "log_suppressed", {{"of", event}, {"count", hidden}});
    write(level, event, fields);
}

void Log::flush_suppressed() {
    struct Summary {
        Level level;
        std::string event;
        std::uint64_t count;
    };
    std::vector<Summary> summaries;
    {
        std::scoped_lock const lock(state_->mutex);
        auto const now = state_->clock.mono();
        for (auto& [event, window] : state_->windows) {
            auto const hidden = state_->start_again(window, now);
            if (hidden > 0) summaries.push_back({window.level, event, hidden});
        }
    }
    for (auto const& [level, event, count] : summaries) {
        write(level, "log_suppressed", {{"of", event}, {"count", count}});
    }
}

}  // namespace sewa::observe
