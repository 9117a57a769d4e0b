#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace sewa::config {

enum class Zero { kIsAValue, kMeansNoLimit, kMeansAutomatic };

struct IntSetting {
    std::int64_t& (*at)(Config&);
    std::int64_t min;
    std::int64_t max;
    Zero zero = Zero::kIsAValue;
};

struct BoolSetting {
    bool& (*at)(Config&);
};

enum class TextKind { kAny, kNotEmpty, kAddress, kAddressOrEmpty, kPath };

struct TextSetting {
    std::string& (*at)(Config&);
    TextKind kind = TextKind::kAny;
    std::span<std::string_view const> words = {};  // when not empty: the only values
};

struct ListSetting {
    std::vector<std::string>& (*at)(Config&);
    std::span<std::string_view const> words = {};  // when not empty: the only entries
};

// One thing an operator can choose. From this row come the key in TOML and for `--set`, the
// environment variable, the named flag, the check, and the line in OPERATIONS.md.
struct Option {
    std::string_view key;   // "limits.frames_per_minute"
    std::string_view flag;  // "--listen"; empty: reachable by --set only
    std::variant<IntSetting, BoolSetting, TextSetting, ListSetting> setting;
    std::string_view help;
};

// The table, grouped by section, in the order in which it is shown. Any-thread: constant.
std::span<Option const> options();

// nullptr when there is no such key.
Option const* find_option(std::string_view key);

// "SEWA_LIMITS_FRAMES_PER_MINUTE".
std::string environment_name(Option const& option);

// The key that `unknown` was probably meant to be; empty when none is near.
std::string_view nearest_key(std::string_view unknown);

}  // namespace sewa::config
