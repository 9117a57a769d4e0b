#include <algorithm>
#include <array>

#include "core/utf8.h"
#include "files/file_type.h"

namespace sewa::files {

namespace {

constexpr std::size_t kNameBytesMax = 200;

// Marks that make "gpj.exe" look like "exe.jpg": U+202A to U+202E, U+2066 to U+2069.
constexpr std::array<std::string_view, 9> kOverrides{
    "\u202A", "\u202B", "\u202C", "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069"};

void drop_overrides(std::string& name) {
    for (auto const mark : kOverrides) {
        for (auto at = name.find(mark); at != name.npos; at = name.find(mark)) {
            name.erase(at, mark.size());
        }
    }
}

// Shortened in front of the extension, between two characters.
void shorten(std::string& name) {
    if (name.size() <= kNameBytesMax) return;
    auto const dot = name.rfind('.');
    auto const tail = dot == name.npos || name.size() - dot > 16 ? name.size() : dot;
    auto const extension = name.substr(tail);
    auto end = kNameBytesMax - extension.size();
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
    name = name.substr(0, end) + extension;
}

}  // namespace

Result<std::string> checked_name(std::string_view name) {
    auto const refused = fail(Errc::kBadRequest, "this is no file name", "file");
    bool const is_tricky = std::any_of(name.begin(), name.end(), [](unsigned char c) {
        return c < 0x20 || c == 0x7F || c == '/' || c == '\\';
    });
    if (is_tricky || !is_utf8(name)) return refused;
    std::string clean(name);
    drop_overrides(clean);
    while (clean.ends_with(' ') || clean.ends_with('.')) clean.pop_back();
    while (clean.starts_with(' ')) clean.erase(0, 1);
    if (clean.empty()) return refused;
    shorten(clean);
    return clean;
}

}  // namespace sewa::files
