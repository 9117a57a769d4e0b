#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace sewa::auth {

// The whole file, at most `bytes_max`. Blocks. Fails with kBadRequest, naming the file.
Result<std::string> read_key_file(std::string const& path, std::size_t bytes_max);

// What changes when a file is written or replaced. All zero for a file that is not there.
struct FileStamp {
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;

    friend bool operator==(FileStamp const&, FileStamp const&) = default;
};

FileStamp stamp_of(std::string const& path);

}  // namespace sewa::auth
