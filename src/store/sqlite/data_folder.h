#pragma once

#include <string>

#include "core/result.h"

namespace sewa::store::sqlite {

// The folder with the database, for one process alone: holds a lock on `sewa.lock` until destroyed
// or killed. Created with mode 0700.
class DataFolder {
public:
    static Result<DataFolder> open(std::string path);
    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&&) = delete;
    ~DataFolder();

    std::string database_path() const { return path_ + "/sewa.db"; }
    std::string search_path() const { return path_ + "/search.db"; }

private:
    DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

    std::string path_;
    int lock_;
};

}  // namespace sewa::store::sqlite
