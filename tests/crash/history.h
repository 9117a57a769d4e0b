#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace sewa::crash {

// What clients saw, one JSON object a line, for check_history.py. The records are in README.md.
// One thread. A line that cannot be written ends the program: half a history proves nothing.
class History {
public:
    explicit History(std::string const& path);
    ~History();
    History(History const&) = delete;
    History& operator=(History const&) = delete;

    // `fields`: the members of the object behind "t", as JSON; may be empty.
    void add(std::string_view type, std::string_view fields);

private:
    std::FILE* const file_;
};

std::string quoted(std::string_view text);

}  // namespace sewa::crash
