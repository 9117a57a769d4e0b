#include "config/value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "core/utf8.h"

namespace sewa::config {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

tl::unexpected<Error> refuse(Option const& option, std::string const& reason) {
    return fail(Errc::kBadRequest, fmt::format("{} {}", option.key, reason),
                std::string(option.key));
}

tl::unexpected<Error> refuse_range(Option const& option) {
    return refuse(option, "must be " + allowed(option));
}

bool is_port(std::string_view text) {
    unsigned port = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && stop == end && port <= 65'535;
}

// host:port, [v6]:port; who the host is shows when the server binds.
bool is_address(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == text.npos || colon == 0 || !is_port(text.substr(colon + 1))) return false;
    auto const host = text.substr(0, colon);
    bool const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    return bracketed || host.find_first_of(":[] /") == host.npos;
}

// UTF-8 without control characters: what can be written in TOML and shown to a person.
bool is_clean(std::string_view text) {
    auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
    return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control);
}

bool is_good(std::string_view text, TextSetting const& setting) {
    auto const& words = setting.words;
    if (!words.empty()) return std::find(words.begin(), words.end(), text) != words.end();
    if (!is_clean(text)) return false;
    if (setting.kind == TextKind::kNotEmpty) return !text.empty();
    if (setting.kind == TextKind::kAddressOrEmpty && text.empty()) return true;
    bool const address =
        setting.kind == TextKind::kAddress || setting.kind == TextKind::kAddressOrEmpty;
    return !address || is_address(text);
}

bool is_good(std::vector<std::string> const& list, ListSetting const& setting) {
    auto const& words = setting.words;
    return std::all_of(list.begin(), list.end(), [&](std::string const& entry) {
        if (entry.empty() || !is_clean(entry) || std::count(list.begin(), list.end(), entry) > 1)
            return false;
        return words.empty() || std::find(words.begin(), words.end(), entry) != words.end();
    });
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        auto const comma = std::min(text.find(','), text.size());
        parts.emplace_back(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return parts;
}

std::string in_quotes(std::string_view text) {
    std::string quoted = "\"";
    for (char const character : text) {
        auto const code = static_cast<unsigned char>(character);
        if (code < 0x20 || code == 0x7F) {
            quoted += fmt::format("\\u{:04X}", code);
            continue;
        }
        if (character == '"' || character == '\\') quoted += '\\';
        quoted += character;
    }
    return quoted + '"';
}

std::string in_quotes(std::vector<std::string> const& list) {
    std::vector<std::string> entries;
    for (auto const& entry : list) entries.push_back(in_quotes(std::string_view(entry)));
    return fmt::format("[{}]", fmt::join(entries, ", "));
}

std::string ticked(std::span<std::string_view const> words) {
    return fmt::format("`{}`", fmt::join(words, "`, `"));
}

}  // namespace

Result<Value> parse_value(Option const& option, std::string_view text) {
    if (std::holds_alternative<IntSetting>(option.setting)) {
        std::int64_t number = 0;
        auto const* const end = text.data() + text.size();
        auto const [stop, error] = std::from_chars(text.data(), end, number);
        if (error != std::errc() || stop != end) return refuse_range(option);
        return Value(number);
    }
    if (std::holds_alternative<BoolSetting>(option.setting)) {
        if (text == "true" || text == "1") return Value(true);
        if (text == "false" || text == "0") return Value(false);
        return refuse_range(option);
    }
    if (std::holds_alternative<ListSetting>(option.setting)) return Value(split(text));
    return Value(std::string(text));
}

Status assign(Config& config, Option const& option, Value value) {
    bool const good =
        std::visit(Overloaded{
                       [&](IntSetting const& setting, std::int64_t number) {
                           setting.at(config) = number;
                           return number >= setting.min && number <= setting.max;
                       },
                       [&](BoolSetting const& setting, bool flag) {
                           setting.at(config) = flag;
                           return true;
                       },
                       [&](TextSetting const& setting, std::string& text) {
                           setting.at(config) = text;
                           return is_good(text, setting);
                       },
                       [&](ListSetting const& setting, std::vector<std::string>& list) {
                           setting.at(config) = list;
                           return is_good(list, setting);
                       },
                       [](auto const&, auto const&) { return false; },
                   },
                   option.setting, value);
    if (!good) return refuse_range(option);
    return {};
}

std::string to_toml(Config const& config, Option const& option) {
    // The accessors give references to write to; this one is only read.
    auto& fields = const_cast<Config&>(config);
    return std::visit(
        Overloaded{
            [&](IntSetting const& setting) { return std::to_string(setting.at(fields)); },
            [&](BoolSetting const& setting) {
                return std::string(setting.at(fields) ? "true" : "false");
            },
            [&](TextSetting const& setting) { return in_quotes(setting.at(fields)); },
            [&](ListSetting const& setting) { return in_quotes(setting.at(fields)); },
        },
        option.setting);
}

std::string allowed(Option const& option) {
    if (auto const* const number = std::get_if<IntSetting>(&option.setting)) {
        auto const range = fmt::format("{} to {}", number->min, number->max);
        if (number->zero == Zero::kMeansNoLimit) return range + " (0: no limit)";
        return number->zero == Zero::kMeansAutomatic ? range + " (0: automatic)" : range;
    }
    if (auto const* const text = std::get_if<TextSetting>(&option.setting)) {
        if (!text->words.empty()) return "one of " + ticked(text->words);
        if (text->kind == TextKind::kAddress) return "host:port";
        if (text->kind == TextKind::kAddressOrEmpty) return "host:port or empty";
        if (text->kind == TextKind::kPath) return "a path";
        return text->kind == TextKind::kNotEmpty ? "a text, not empty" : "a text";
    }
    if (auto const* const list = std::get_if<ListSetting>(&option.setting)) {
        if (!list->words.empty()) return "a list of " + ticked(list->words);
        return "a list of different texts";
    }
    return "`true` or `false`";
}

}  // namespace sewa::config
