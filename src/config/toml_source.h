#pragma once

#include <string>
#include <vector>

#include "config/load.h"
#include "config/value.h"

namespace sewa::config {

struct TomlEntry {
    std::string key;
    Value value;
    std::size_t line = 0;
};

// The values of a file by dotted key, in the order of the keys. Fails with kBadRequest for a syntax
// error, an unknown section, and a type that no option has (a date, a fraction). For load.cc.
Result<std::vector<TomlEntry>> read_toml(ConfigFile const& file);

// "no such option `…`; did you mean `…`?".
std::string unknown_key(std::string_view key);

}  // namespace sewa::config
