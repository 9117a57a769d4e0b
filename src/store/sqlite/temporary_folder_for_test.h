#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "core/assert.h"

namespace sewa::store::sqlite {

// A folder of its own that disappears with the test.
class TemporaryFolder {
public:
    TemporaryFolder() : path_(std::filesystem::temp_directory_path() / "sewa-store-XXXXXX") {
        SEWA_ASSERT(::mkdtemp(path_.data()) != nullptr);
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    std::string const& path() const { return path_; }
    std::string file() const { return path_ + "/sewa.db"; }

private:
    std::string path_;
};

}  // namespace sewa::store::sqlite
