#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "config/contradictions.h"
#include "config/toml_source.h"
#include "config/value.h"

namespace sewa::config {
namespace {

constexpr std::size_t kFileBytesMax = 1'048'576;

tl::unexpected<Error> refuse(std::string const& origin, std::string_view reason) {
    return fail(Errc::kBadRequest, fmt::format("{}: {}", origin, reason));
}

// Writes values into a Loaded and remembers where each came from.
class Loader {
public:
    Loader() { loaded_.origins.assign(options().size(), "default"); }

    Status set(std::string_view key, Value value, std::string const& origin) {
        auto const* const option = find_option(key);
        if (option == nullptr) return refuse(origin, unknown_key(key));
        return set(*option, std::move(value), origin);
    }

    Status set_text(std::string_view key, std::string_view text, std::string const& origin) {
        auto const* const option = find_option(key);
        if (option == nullptr) return refuse(origin, unknown_key(key));
        auto value = parse_value(*option, text);
        if (!value) return refuse(origin, value.error().message);
        return set(*option, *std::move(value), origin);
    }

    Result<Loaded> finish() && {
        SEWA_CHECK(check_contradictions(loaded_.config));
        return std::move(loaded_);
    }

private:
    Status set(Option const& option, Value value, std::string const& origin) {
        auto const assigned = assign(loaded_.config, option, std::move(value));
        if (!assigned) return refuse(origin, assigned.error().message);
        loaded_.origins[static_cast<std::size_t>(&option - options().data())] = origin;
        return {};
    }

    Loaded loaded_;
};

Status set_from_file(Loader& loader, ConfigFile const& file) {
    SEWA_TRY(auto entries, read_toml(file));
    for (auto& entry : entries) {
        SEWA_CHECK(loader.set(entry.key, std::move(entry.value),
                              fmt::format("{}:{}", file.path, entry.line)));
    }
    return {};
}

// Kubernetes puts these into every container when a service is called "sewa".
bool is_foreign(std::string_view variable) {
    return variable.starts_with("SEWA_SERVICE_") || variable == "SEWA_PORT" ||
           variable.starts_with("SEWA_PORT_");
}

Status set_from_variable(Loader& loader, std::string const& name, std::string const& text) {
    // SEWA_CONFIG names the file and was followed before.
    if (!name.starts_with("SEWA_") || name == "SEWA_CONFIG" || is_foreign(name)) return {};
    for (auto const& option : options()) {
        if (environment_name(option) == name) return loader.set_text(option.key, text, name);
    }
    std::string key = name.substr(std::string_view("SEWA_").size());
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto const nearest = nearest_key(key);
    if (nearest.empty()) return refuse(name, "no such option");
    return refuse(name, fmt::format("no such option; did you mean {}?",
                                    environment_name(*find_option(nearest))));
}

Status set_from_pair(Loader& loader, std::string const& pair) {
    auto const equals = pair.find('=');
    if (equals == pair.npos) return refuse("--set " + pair, "write --set key=value");
    return loader.set_text(pair.substr(0, equals), pair.substr(equals + 1), "--set");
}

std::string origin_of_flag(std::string_view key) {
    auto const* const option = find_option(key);
    return std::string(option != nullptr ? option->flag : key);
}

}  // namespace

Result<Loaded> load(Sources const& sources) {
    Loader loader;
    if (sources.file) SEWA_CHECK(set_from_file(loader, *sources.file));
    for (auto const& [name, text] : sources.environment) {
        SEWA_CHECK(set_from_variable(loader, name, text));
    }
    for (auto const& pair : sources.sets) SEWA_CHECK(set_from_pair(loader, pair));
    for (auto const& [key, text] : sources.flags) {
        SEWA_CHECK(loader.set_text(key, text, origin_of_flag(key)));
    }
    return std::move(loader).finish();
}

Result<ConfigFile> read_config_file(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::string toml(kFileBytesMax + 1, '\0');
    file.read(toml.data(), static_cast<std::streamsize>(toml.size()));
    if (file.good()) return refuse(path, "a configuration has at most 1 MiB");
    if (!file.eof() || file.bad()) return refuse(path, "cannot read this file");
    toml.resize(static_cast<std::size_t>(file.gcount()));
    return ConfigFile{path, std::move(toml)};
}

std::string to_toml(Loaded const& loaded) {
    std::string text;
    std::string_view section;
    for (std::size_t i = 0; i < options().size(); ++i) {
        auto const& option = options()[i];
        auto const dot = option.key.find('.');
        if (dot != option.key.npos && option.key.substr(0, dot) != section) {
            section = option.key.substr(0, dot);
            text += fmt::format("\n[{}]\n", section);
        }
        auto const name = option.key.substr(dot == option.key.npos ? 0 : dot + 1);
        auto const line = fmt::format("{} = {}", name, to_toml(loaded.config, option));
        text += fmt::format("{:<44}  # {}\n", line, loaded.origins[i]);
    }
    return text;
}

std::string markdown_reference() {
    std::string text =
        "| key | default | allowed | flag | meaning |\n| --- | --- | --- | --- | --- |\n";
    for (auto const& option : options()) {
        auto const flag = option.flag.empty() ? "" : fmt::format("`{}`", option.flag);
        text += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", option.key,
                            to_toml(Config(), option), allowed(option), flag, option.help);
    }
    return text;
}

}  // namespace sewa::config
