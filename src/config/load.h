#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "core/result.h"

namespace sewa::config {

struct ConfigFile {
    std::string path;  // for messages
    std::string toml;
};

// Where values come from. Later members win over earlier ones; all win over the defaults.
struct Sources {
    std::optional<ConfigFile> file;
    std::vector<std::pair<std::string, std::string>> environment;  // SEWA_… only is looked at
    std::vector<std::string> sets;                                 // "key=value"
    std::vector<std::pair<std::string, std::string>> flags;        // key, value
};

// A checked configuration and, for each row of `options()`, where its value came from: "default",
// "sewa.toml:12", "SEWA_LISTEN", "--set", "--listen".
struct Loaded {
    Config config;
    std::vector<std::string> origins;
};

// Start-up. Fails with kBadRequest: for an unknown key (with the nearest known one), a value out of
// its range (with the range), and values that contradict each other; the message names the source.
Result<Loaded> load(Sources const& sources);

// At most 1 MiB. Blocks.
Result<ConfigFile> read_config_file(std::string const& path);

// The whole configuration as TOML with the origin of each value; loads again to the same values.
std::string to_toml(Loaded const& loaded);

// The table in OPERATIONS.md.
std::string markdown_reference();

}  // namespace sewa::config
