#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "app/doctor.h"
#include "store/sqlite/reader.h"

// The data folder: is it there, whose is it, is there room, does the disk keep its word.

namespace sewa::app {

namespace {

using Grade = Finding::Grade;
namespace fs = std::filesystem;

constexpr std::uint64_t kRoomToStart = std::uint64_t{64} << 20;
constexpr std::uint64_t kRoomForSomeTime = std::uint64_t{1} << 30;
constexpr double kSlowSyncMs = 10;
constexpr double kSuspiciousSyncMs = 0.005;
constexpr int kSyncs = 32;

void add(Findings& findings, Grade grade, std::string text) {
    findings.push_back({grade, "data_dir", std::move(text)});
}

bool is_in_use(std::string const& folder) {
    int const lock = ::open((folder + "/sewa.lock").c_str(), O_RDWR | O_CLOEXEC);
    bool const is_taken = lock >= 0 && ::flock(lock, LOCK_EX | LOCK_NB) != 0;
    if (lock >= 0) ::close(lock);
    return is_taken;
}

void examine_rights(std::string const& folder, Findings& findings) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) != 0 || (found.st_mode & 077) == 0) return;
    add(findings, Grade::kWarning,
        fmt::format("others can look into {0}; mend it with: chmod 700 {0}", folder));
}

void examine_room(std::string const& folder, Findings& findings) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return;
    auto const room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    auto const grade = room < kRoomToStart       ? Grade::kBad
                       : room < kRoomForSomeTime ? Grade::kWarning
                                                 : Grade::kGood;
    add(findings, grade,
        fmt::format("{} MiB are free{}", room >> 20,
                    grade == Grade::kGood ? "" : ": on a full disk every write is refused"));
}

void examine_file_system(std::string const& folder, Findings& findings) {
    struct statfs disk {};
    if (::statfs(folder.c_str(), &disk) != 0) return;
    constexpr std::array<long, 2> kMemory{0x01021994, 0x858458f6};           // tmpfs, ramfs
    constexpr std::array<long, 3> kNetwork{0x6969, 0xFF534D42, 0xFE534D42};  // NFS, CIFS, SMB2
    auto const is_one_of = [&](auto const& types) {
        return std::find(types.begin(), types.end(), static_cast<long>(disk.f_type)) != types.end();
    };
    if (is_one_of(kMemory)) {
        add(findings, Grade::kWarning, folder + " is in memory: a power cut takes everything");
    } else if (is_one_of(kNetwork)) {
        add(findings, Grade::kBad, folder + " is on a network: its locks cannot be relied on");
    }
}

// Milliseconds of the middle one of some synced writes; negative: it failed.
double measure_sync(std::string const& folder) {
    auto path = folder + "/doctor-XXXXXX";
    int const fd = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd < 0) return -1;
    std::string const page(4096, 'x');
    std::vector<double> took;
    for (int i = 0; i < kSyncs; ++i) {
        auto const start = std::chrono::steady_clock::now();
        if (::write(fd, page.data(), page.size()) < 0 || ::fdatasync(fd) != 0) break;
        std::chrono::duration<double, std::milli> const passed =
            std::chrono::steady_clock::now() - start;
        took.push_back(passed.count());
    }
    ::close(fd);
    ::unlink(path.c_str());
    if (took.size() != kSyncs) return -1;
    std::nth_element(took.begin(), took.begin() + kSyncs / 2, took.end());
    return took[kSyncs / 2];
}

void examine_sync(std::string const& folder, Findings& findings) {
    auto const ms = measure_sync(folder);
    if (ms < 0) {
        return add(findings, Grade::kBad,
                   fmt::format("cannot write in {}: {}", folder, std::strerror(errno)));
    }
    auto text = fmt::format("the disk syncs a write in {:.2f} ms", ms);
    if (ms > kSlowSyncMs) text += ": every message waits so long";
    if (ms < kSuspiciousSyncMs) text += ": does it forget at a power cut?";
    bool const is_odd = ms > kSlowSyncMs || ms < kSuspiciousSyncMs;
    add(findings, is_odd ? Grade::kWarning : Grade::kGood, std::move(text));
}

void examine_database(std::string const& folder, Findings& findings) {
    auto const path = folder + "/sewa.db";
    if (!fs::exists(path)) return add(findings, Grade::kGood, "no database yet");
    auto const reader = store::sqlite::open_reader(path);
    auto const log = reader ? (*reader)->log_state() : fail(reader.error());
    if (!log) {
        return add(findings, Grade::kBad,
                   fmt::format("{}: {}; look closer with: sewa check --data {}", path,
                               log.error().message, folder));
    }
    std::error_code error;
    auto const wal = fs::file_size(path + "-wal", error);
    add(findings, Grade::kGood,
        fmt::format("epoch {}, position {}, {} MiB and {} MiB in the write-ahead log", log->epoch,
                    log->head.value, fs::file_size(path, error) >> 20, error ? 0 : wal >> 20));
}

}  // namespace

void examine_folder(config::Config const& config, Findings& findings) {
    auto const& folder = config.data_dir;
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        return add(findings, Grade::kGood, folder + " does not exist; the first start makes it");
    }
    if (is_in_use(folder)) add(findings, Grade::kGood, "a server runs on " + folder);
    examine_rights(folder, findings);
    examine_file_system(folder, findings);
    examine_room(folder, findings);
    examine_sync(folder, findings);
    examine_database(folder, findings);
}

}  // namespace sewa::app
