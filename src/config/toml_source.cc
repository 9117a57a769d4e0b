#include "config/toml_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

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

// True when a section's name can follow: toml++ 3.3 takes that for granted behind a bracket and
// has undefined behaviour otherwise. No option is in an array of sections.
bool begins_name(std::string_view rest) {
    auto const at = rest.find_first_not_of(" \t", 1);
    if (at == rest.npos) return false;
    auto const c = static_cast<unsigned char>(rest[at]);
    return std::isalnum(c) || c == '_' || c == '-' || c == '"' || c == '\'' || c == ']';
}

// The end of the string that begins `text`, npos when it does not end on this line.
std::size_t end_of_string(std::string_view text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\' && text[0] == '"') {
            ++i;
        } else if (text[i] == text[0]) {
            return i;
        }
    }
    return text.npos;
}

// What stands in the way of handing a line to toml++ 3.3, which has undefined behaviour for
// characters outside ASCII that are not in quotes. Empty when nothing does.
std::string_view objection(std::string_view line) {
    auto const first = line.find_first_not_of(" \t");
    if (first != line.npos && line[first] == '[' && !begins_name(line.substr(first))) {
        return "a section needs a name, as in [limits]";
    }
    for (std::size_t i = 0; i < line.size() && line[i] != '#'; ++i) {
        auto const c = static_cast<unsigned char>(line[i]);
        if ((c < 0x20 && c != '\t' && c != '\r') || c >= 0x7F) {
            return "put what is not plain ASCII in quotes";
        }
        if (c != '"' && c != '\'') continue;
        auto const before = line.substr(0, i).find_last_not_of(" \t");
        if (before != line.npos && std::string_view("=[,{").find(line[before]) == line.npos) {
            return "a quote belongs at the beginning of a value";
        }
        auto const rest = line.substr(i);
        if (rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
            return "no option has several lines; write it in one pair of quotes";
        }
        auto const length = end_of_string(rest);
        if (length == rest.npos) return "the closing quote is missing";
        i += length;
    }
    return {};
}

std::string_view without_byte_order_mark(std::string_view toml) {
    return toml.starts_with("\xEF\xBB\xBF") ? toml.substr(3) : toml;
}

Status check_lines(ConfigFile const& file) {
    auto toml = without_byte_order_mark(file.toml);
    for (std::size_t number = 1; !toml.empty(); ++number) {
        auto const end = std::min(toml.find('\n'), toml.size());
        auto const reason = objection(toml.substr(0, end));
        if (!reason.empty()) {
            return fail(Errc::kBadRequest, fmt::format("{}:{}: {}", file.path, number, reason));
        }
        toml.remove_prefix(std::min(end + 1, toml.size()));
    }
    return {};
}

}  // namespace

Result<std::vector<TomlEntry>> read_toml(ConfigFile const& file) {
    SEWA_CHECK(check_lines(file));
    auto const parsed = toml::parse(without_byte_order_mark(file.toml), file.path);
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
