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

namespace fs = std::filesystem;

// One that may not be read cannot be synced either; that is no reason not to start.
bool sync_folder(fs::path const& path) {
    int const fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return true;
    bool const is_synced = ::fsync(fd) == 0;
    ::close(fd);
    return is_synced;
}

// Makes the folder and syncs the entries of what it made: SQLite syncs what is inside, and without
// its entry a power cut would take all of that.
bool make_all(fs::path const& path, mode_t mode) {
    constexpr mode_t kParents = 0755;
    std::error_code failure;
    if (fs::exists(path, failure)) return true;
    auto const parent = path.parent_path();
    if (!make_all(parent, kParents)) return false;  // Ends at the root, which exists.
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return false;
    return sync_folder(parent);
}

Status make_folder(std::string const& path) {
    std::error_code failure;
    auto whole = fs::absolute(path, failure).lexically_normal();
    if (!whole.has_filename()) whole = whole.parent_path();  // It ended with a slash.
    if (make_all(whole, 0700)) return {};
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
