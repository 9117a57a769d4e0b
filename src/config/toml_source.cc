#include "config/toml_source.h"

#include <fmt/format.h>

#include <algorithm>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "config/toml_ascii.h"

namespace sewa::config {
namespace {

// Depth is the options' own: a section and a name.
class Reader {
public:
    explicit Reader(ConfigFile const& file) : file_(file) {}

    Status read_table(toml::table const& table, std::string const& section) {
        for (auto const& [name, node] : table) {
            auto const key =
                section.empty() ? std::string(name.str()) : section + "." + std::string(name.str());
            if (auto const* const inner = node.as_table()) {
                if (!is_section(key)) return refuse(node, unknown_key(key));
                SEWA_CHECK(read_table(*inner, key));
                continue;
            }
            SEWA_TRY(auto value, read_value(key, node));
            entries_.push_back({key, std::move(value), line_of(node)});
        }
        return {};
    }

    std::vector<TomlEntry> entries() && { return std::move(entries_); }

    tl::unexpected<Error> refuse(toml::node const& node, std::string_view reason) const {
        return fail(Errc::kBadRequest, fmt::format("{}:{}: {}", file_.path, line_of(node), reason));
    }

private:
    static std::size_t line_of(toml::node const& node) { return node.source().begin.line; }

    static bool is_section(std::string const& key) {
        return std::any_of(options().begin(), options().end(), [&key](Option const& option) {
            return option.key.starts_with(key + ".");
        });
    }

    Result<Value> read_value(std::string const& key, toml::node const& node) const {
        if (auto const number = node.value_exact<std::int64_t>()) return Value(*number);
        if (auto const flag = node.value_exact<bool>()) return Value(*flag);
        if (auto const text = node.value_exact<std::string>()) return Value(*text);
        auto const* const array = node.as_array();
        if (array == nullptr) return refuse(node, key + " has a type that no option has");
        std::vector<std::string> list;
        for (auto const& entry : *array) {
            auto const text = entry.value_exact<std::string>();
            if (!text) return refuse(entry, key + " must be a list of texts");
            list.push_back(*text);
        }
        return Value(std::move(list));
    }

    ConfigFile const& file_;
    std::vector<TomlEntry> entries_;
};

}  // namespace

Result<std::vector<TomlEntry>> read_toml(ConfigFile const& file) {
    SEWA_TRY(auto const ascii, to_ascii(file));
    auto const parsed = toml::parse(ascii, file.path);
    if (!parsed) {
        auto const& error = parsed.error();
        return fail(Errc::kBadRequest, fmt::format("{}:{}: {}", file.path,
                                                   error.source().begin.line, error.description()));
    }
    Reader reader(file);
    SEWA_CHECK(reader.read_table(parsed.table(), {}));
    return std::move(reader).entries();
}

std::string unknown_key(std::string_view key) {
    auto const nearest = nearest_key(key);
    if (nearest.empty()) {
        return fmt::format("no such option `{}`; `sewa print-config` lists all", key);
    }
    return fmt::format("no such option `{}`; did you mean `{}`?", key, nearest);
}

}  // namespace sewa::config
