#include "store/sqlite/data_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace sewa::store::sqlite {

namespace {

Status make_folder(std::string const& path) {
    std::error_code failure;
    auto const parent = std::filesystem::path(path).parent_path();
    if (!parent.empty()) std::filesystem::create_directories(parent, failure);
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
    return fail(Errc::kUnavailable,
                fmt::format("cannot create the data folder {}: {}", path, std::strerror(errno)));
}

}  // namespace

Result<DataFolder> DataFolder::open(std::string path) {
    SEWA_CHECK(make_folder(path));
    auto const lock_path = path + "/sewa.lock";
    int const lock = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) {
        return fail(Errc::kUnavailable, fmt::format("cannot write in the data folder {}: {}", path,
                                                    std::strerror(errno)));
    }
    DataFolder folder(std::move(path), lock);
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) return folder;
    return fail(Errc::kUnavailable,
                fmt::format("another sewa is using the data folder {}; stop it, or choose another "
                            "folder with --data",
                            folder.path_));
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
    if (lock_ >= 0) ::close(lock_);
}

}  // namespace sewa::store::sqlite
