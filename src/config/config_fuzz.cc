#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/load.h"
#include "core/assert.h"

// Even first byte: a file; odd: `--set`. What loads must load again from what is printed.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sewa::config;
    if (size == 0) return 0;
    std::string const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    Sources sources;
    if (data[0] % 2 == 0) {
        sources.file = ConfigFile{"fuzz.toml", text};
    } else {
        sources.sets = {text};
    }
    auto const loaded = load(sources);
    if (!loaded) return 0;
    auto const printed = to_toml(*loaded);
    auto const again = load({.file = ConfigFile{"printed.toml", printed}});
    SEWA_ASSERT(again.has_value());
    SEWA_ASSERT(to_toml(Loaded{again->config, loaded->origins}) == printed);
    return 0;
}
