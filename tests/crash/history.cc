#include "history.h"

#include <fmt/format.h>

#include <cstdlib>

namespace sewa::crash {

History::History(std::string const& path) : file_(std::fopen(path.c_str(), "w")) {
    if (file_ == nullptr) std::abort();
}

History::~History() {
    std::fclose(file_);
}

void History::add(std::string_view type, std::string_view fields) {
    auto const line =
        fmt::format("{{\"t\":\"{}\"{}{}}}\n", type, fields.empty() ? "" : ",", fields);
    if (std::fwrite(line.data(), 1, line.size(), file_) != line.size()) std::abort();
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char const c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", c);
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace sewa::crash
