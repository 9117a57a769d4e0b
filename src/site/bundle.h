#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace sewa::site {

struct File {
    std::string path;  // "messages/index.html": relative, with slashes.
    std::string bytes;
};

// The files of a web app, from the bundle that the build put into the program. Empty when it was
// built without one.
Result<std::vector<File>> embedded_files();

// The files below `folder`. Start-up; blocks. At most 64 MiB and 5,000 files; links are not
// followed. Fails when the folder cannot be read or is larger.
Result<std::vector<File>> read_folder(std::string const& folder);

// The format of tools/bundle.py: for each file the length of its path and of its content (32 bits,
// little endian each), then the path, then the content.
Result<std::vector<File>> parse_bundle(std::string_view bundle);

}  // namespace sewa::site
