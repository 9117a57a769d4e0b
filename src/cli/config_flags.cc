#include "cli/config_flags.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "config/options.h"

namespace sewa::cli {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void add_flag(CLI::App& command, config::Option const& option, Pairs& pairs) {
    std::string const key(option.key);
    std::string const flag(option.flag);
    std::string const help(option.help);
    if (std::holds_alternative<config::BoolSetting>(option.setting)) {
        command.add_flag_callback(
            flag, [&pairs, key] { pairs.emplace_back(key, "true"); }, help);
        return;
    }
    if (std::holds_alternative<config::ListSetting>(option.setting)) {
        auto add_list = [&pairs, key](std::vector<std::string> const& entries) {
            pairs.emplace_back(key, CLI::detail::join(entries, ","));
        };
        command.add_option_function<std::vector<std::string>>(flag, add_list, help)
            ->take_all()
            ->allow_extra_args(false);
        return;
    }
    auto add = [&pairs, key](std::string const& text) { pairs.emplace_back(key, text); };
    command.add_option_function<std::string>(flag, add, help);
}

Pairs environment() {
    Pairs variables;
    for (auto const* const* entry = environ; *entry != nullptr; ++entry) {
        std::string_view const text(*entry);
        auto const equals = text.find('=');
        if (!text.starts_with("SEWA_") || equals == text.npos) continue;
        variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

}  // namespace

std::shared_ptr<ConfigFlags> ConfigFlags::add_to(CLI::App& command, std::string_view key_prefix) {
    auto flags = std::make_shared<ConfigFlags>();
    command.add_option("--config", flags->file_, "configuration file in TOML")
        ->envname("SEWA_CONFIG");
    command.add_option("--set", flags->sets_, "any option, as key=value; may be repeated")
        ->take_all()
        ->allow_extra_args(false);
    for (auto const& option : config::options()) {
        if (option.flag.empty() || !option.key.starts_with(key_prefix)) continue;
        add_flag(command, option, flags->flags_);
    }
    return flags;
}

Result<config::Loaded> ConfigFlags::load() const {
    config::Sources sources{.environment = environment(), .sets = sets_, .flags = flags_};
    if (!file_.empty()) {
        SEWA_TRY(sources.file, config::read_config_file(file_));
    }
    return config::load(sources);
}

}  // namespace sewa::cli
