#pragma once

#include <sqlite3.h>

namespace sewa::store::sqlite {

// For layers over SQLite's files: `File` begins with a sqlite3_file and lies in memory of SQLite;
// the file of the layer below follows it.
template <typename File>
sqlite3_file* file_below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1);
}

template <typename File, auto kMethod, typename... Arguments>
auto call_below(sqlite3_file* file, Arguments... arguments) {
    auto* const below = file_below<File>(file);
    return (below->pMethods->*kMethod)(below, arguments...);
}

}  // namespace sewa::store::sqlite
