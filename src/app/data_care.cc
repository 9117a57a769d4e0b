#include "app/data_care.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/random.h"
#include "store/sqlite/backup.h"

namespace sewa::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDatabase = "sewa.db";

Status failed(std::string_view doing, fs::path const& path, std::error_code const& error) {
    return fail(Errc::kUnavailable,
                fmt::format("cannot {} {}: {}", doing, path.string(), error.message()));
}

Status make_empty_folder(std::string const& target) {
    std::error_code error;
    fs::create_directories(target, error);
    if (error) return failed("create", target, error);
    bool const is_empty = fs::is_empty(target, error);
    if (error) return failed("read", target, error);
    if (!is_empty) return fail(Errc::kConflict, fmt::format("{} is not empty", target));
    ::chmod(target.c_str(), 0700);
    return {};
}

// The database was copied by SQLite, the index of the search is made anew at the next start, and a
// lock belongs to its process.
bool is_copied(std::string const& name) {
    return !name.starts_with(kDatabase) && !name.starts_with("search.db") && name != "sewa.lock";
}

Status copy_files(std::string const& folder, std::string const& target) {
    std::error_code error;
    for (auto const& entry : fs::directory_iterator(folder, error)) {
        auto const name = entry.path().filename().string();
        if (!is_copied(name)) continue;
        // A file that goes while it is copied was no longer named by any row.
        fs::copy(entry.path(), fs::path(target) / name, fs::copy_options::recursive, error);
        if (error && error != std::errc::no_such_file_or_directory) {
            return failed("copy", entry.path(), error);
        }
    }
    return error ? failed("read", folder, error) : Status{};
}

Status sync_all(std::string const& target) {
    int const folder = ::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const is_synced = folder >= 0 && ::syncfs(folder) == 0;
    std::error_code const error(errno, std::generic_category());
    if (folder >= 0) ::close(folder);
    return is_synced ? Status{} : failed("sync", target, error);
}

}  // namespace

Result<std::string> find_database(std::string const& folder) {
    std::error_code error;
    auto const path = fs::path(folder) / kDatabase;
    if (fs::is_regular_file(path, error)) return path.string();
    return fail(Errc::kNotFound, fmt::format("there is no {} in {}; name the folder of the data",
                                             kDatabase, folder));
}

Result<store::sqlite::Integrity> check_data(std::string const& folder) {
    SEWA_TRY(auto const database, find_database(folder));
    return store::sqlite::check_integrity(database);
}

Result<std::string> back_up_data(std::string const& folder, std::string const& target) {
    SEWA_TRY(auto const database, find_database(folder));
    SEWA_CHECK(make_empty_folder(target));
    SecureRandom random;
    auto const copy = (fs::path(target) / kDatabase).string();
    SEWA_TRY(auto epoch, store::sqlite::back_up(database, copy, random));
    SEWA_CHECK(copy_files(folder, target));
    SEWA_CHECK(sync_all(target));
    return epoch;
}

Result<std::string> restore_data(std::string const& backup, std::string const& folder) {
    SEWA_TRY(auto const found, check_data(backup));
    if (found.damages == 0) return back_up_data(backup, folder);
    return fail(Errc::kConflict,
                fmt::format("{0} is damaged in {1} places (sewa check --data {0} shows them); take "
                            "an older backup",
                            backup, found.damages));
}

}  // namespace sewa::app
