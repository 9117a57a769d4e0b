#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.h"
#include "core/result.h"

namespace CLI {
class App;
}

namespace sewa::cli {

// The configuration arguments of a command: --config, --set and the named flags of config/options.
// Shared between a command's registration and its callback.
class ConfigFlags {
public:
    // Flags of the options whose key begins with `key_prefix` are added, all for "".
    static std::shared_ptr<ConfigFlags> add_to(CLI::App& command, std::string_view key_prefix = {});

    // File, environment, --set, flags, in this order. For the callback.
    Result<config::Loaded> load() const;

private:
    std::string file_;  // SEWA_CONFIG when there is no --config
    std::vector<std::string> sets_;
    std::vector<std::pair<std::string, std::string>> flags_;
};

}  // namespace sewa::cli
