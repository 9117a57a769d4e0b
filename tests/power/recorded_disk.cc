#include "recorded_disk.h"

#include <linux/fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <utility>

namespace sewa::power {

namespace {

using Lock = std::lock_guard<std::recursive_mutex>;

struct Stat {
    unsigned mode = 0;
    std::uint64_t inode = 0;
};

Stat stat_of(int fd) {
    struct statx about {};
    if (::syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &about) != 0) return {};
    return {about.stx_mode & 0170000U, about.stx_ino};
}

constexpr unsigned kFile = 0100000;
constexpr unsigned kFolder = 0040000;

int failed(int error) {
    errno = error;
    return -1;
}

}  // namespace

RecordedDisk& RecordedDisk::instance() {
    static RecordedDisk disk;
    return disk;
}

void RecordedDisk::record(std::string folder) {
    Lock const lock(mutex_);
    folder_ = std::move(folder);
    is_recording_ = true;
    changes_.clear();
    file_of_inode_.clear();
}

std::vector<Change> RecordedDisk::stop() {
    Lock const lock(mutex_);
    is_recording_ = false;
    return std::exchange(changes_, {});
}

std::size_t RecordedDisk::size() const {
    Lock const lock(mutex_);
    return changes_.size();
}

void RecordedDisk::plan(Plan plan) {
    Lock const lock(mutex_);
    plan_ = std::move(plan);
    calls_ = failures_ = 0;
}

int RecordedDisk::calls() const {
    Lock const lock(mutex_);
    return calls_;
}

int RecordedDisk::failures() const {
    Lock const lock(mutex_);
    return failures_;
}

// Below the recorded folder; empty for every other path.
std::string RecordedDisk::name_of(int folder, char const* path) const {
    std::string whole = path;
    if (!whole.starts_with('/') && folder != AT_FDCWD) whole = path_of(folder) + "/" + whole;
    return whole.starts_with(folder_ + "/") ? whole.substr(folder_.size() + 1) : "";
}

std::string RecordedDisk::path_of(int fd) const {
    char path[4096];
    auto const link = "/proc/self/fd/" + std::to_string(fd);
    auto const size = ::syscall(SYS_readlink, link.c_str(), path, sizeof path);
    return size > 0 ? std::string(path, static_cast<std::size_t>(size)) : "";
}

// 0: none that was made while recording.
int RecordedDisk::file_of(int fd) const {
    auto const about = stat_of(fd);
    if (about.mode != kFile) return 0;
    auto const found = file_of_inode_.find(about.inode);
    return found == file_of_inode_.end() ? 0 : found->second;
}

RecordedDisk::Verdict RecordedDisk::judge(std::string const& name) {
    if (plan_.below.empty() || name.find(plan_.below) == name.npos) return Verdict::kGood;
    int const number = calls_++;
    if (plan_.fail_at < 0 || number < plan_.fail_at || number >= plan_.fail_at + plan_.times) {
        return Verdict::kGood;
    }
    bool const is_first = failures_++ == 0;
    return plan_.is_short && is_first ? Verdict::kShort : Verdict::kFails;
}

void RecordedDisk::note(Change change) {
    if (is_recording_) changes_.push_back(std::move(change));
}

int RecordedDisk::open(int folder, char const* path, int flags, unsigned mode) {
    auto const plain = [&] {
        return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
    };
    if (is_quiet()) return plain();
    auto const name = name_of(folder, path);
    // A folder that is opened to be listed keeps nothing.
    if (name.empty() || name.ends_with("/.")) return plain();
    Lock const lock(mutex_);
    if (judge(name) == Verdict::kFails) return failed(plan_.error);
    bool const was_there = ::syscall(SYS_faccessat, folder, path, 0) == 0;
    int const fd = plain();
    if (fd < 0 || (flags & O_CREAT) == 0) return fd;
    if (!was_there) {
        file_of_inode_[stat_of(fd).inode] = ++files_;
        note({.kind = Change::Kind::kCreate, .path = name, .file = files_});
    } else if ((flags & O_TRUNC) != 0) {
        note({.kind = Change::Kind::kTruncate, .file = file_of(fd)});
    }
    return fd;
}

int RecordedDisk::make_folder(char const* path, unsigned mode) {
    Lock const lock(mutex_);
    auto const name = is_quiet() ? "" : name_of(AT_FDCWD, path);
    if (judge(name) == Verdict::kFails) return failed(plan_.error);
    auto const result = static_cast<int>(::syscall(SYS_mkdir, path, mode));
    if (result == 0 && !name.empty()) note({.kind = Change::Kind::kMakeFolder, .path = name});
    return result;
}

int RecordedDisk::rename(int from_folder, char const* from, int to_folder, char const* to) {
    Lock const lock(mutex_);
    auto const name = is_quiet() ? "" : name_of(from_folder, from);
    if (judge(name) == Verdict::kFails) return failed(plan_.error);
    int const fd = static_cast<int>(::syscall(SYS_openat, from_folder, from, O_RDONLY, 0));
    int const file = fd < 0 ? 0 : file_of(fd);
    if (fd >= 0) ::syscall(SYS_close, fd);
    auto const result = static_cast<int>(::syscall(SYS_renameat, from_folder, from, to_folder, to));
    if (result == 0 && !name.empty()) {
        note({.kind = Change::Kind::kRename,
              .path = name,
              .to = name_of(to_folder, to),
              .file = file});
    }
    return result;
}

int RecordedDisk::remove(int folder, char const* path, int flags) {
    Lock const lock(mutex_);
    auto const name = is_quiet() ? "" : name_of(folder, path);
    if (judge(name) == Verdict::kFails) return failed(plan_.error);
    auto const result = static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
    if (result == 0 && !name.empty()) note({.kind = Change::Kind::kRemove, .path = name});
    return result;
}

int RecordedDisk::sync(int fd) {
    if (is_quiet()) return 0;
    Lock const lock(mutex_);
    auto const path = path_of(fd);
    if (judge(path) == Verdict::kFails) return failed(plan_.error);
    if (stat_of(fd).mode != kFolder) {
        note({.kind = Change::Kind::kSync, .file = file_of(fd)});
    } else if (path == folder_) {
        note({.kind = Change::Kind::kSyncFolder});
    } else if (path.starts_with(folder_ + "/")) {
        note({.kind = Change::Kind::kSyncFolder, .path = path.substr(folder_.size() + 1)});
    }
    return 0;
}

int RecordedDisk::truncate(int fd, std::int64_t size) {
    Lock const lock(mutex_);
    if (!is_quiet() && judge(path_of(fd)) == Verdict::kFails) return failed(plan_.error);
    auto const result = static_cast<int>(::syscall(SYS_ftruncate, fd, size));
    int const file = result == 0 && !is_quiet() ? file_of(fd) : 0;
    if (file != 0) note({.kind = Change::Kind::kTruncate, .file = file, .at = size});
    return result;
}

long RecordedDisk::write(int fd, void const* bytes, std::size_t size, std::int64_t at) {
    auto const plain = [&](std::size_t count) {
        return at < 0 ? ::syscall(SYS_write, fd, bytes, count)
                      : ::syscall(SYS_pwrite64, fd, bytes, count, at);
    };
    if (is_quiet() || stat_of(fd).mode != kFile) return plain(size);
    Lock const lock(mutex_);
    auto const verdict = plan_.below.empty() ? Verdict::kGood : judge(path_of(fd));
    if (verdict == Verdict::kFails) return failed(plan_.error);
    auto const start = at < 0 ? ::syscall(SYS_lseek, fd, 0, 1) : at;
    auto const done = plain(verdict == Verdict::kShort ? size / 2 : size);
    int const file = done > 0 ? file_of(fd) : 0;
    if (file != 0) {
        note({.kind = Change::Kind::kWrite,
              .file = file,
              .at = start,
              .bytes = {static_cast<char const*>(bytes), static_cast<std::size_t>(done)}});
    }
    return done;
}

long RecordedDisk::read(int fd, void* bytes, std::size_t size, std::int64_t at) {
    if (!is_quiet()) {
        Lock const lock(mutex_);
        if (!plan_.below.empty() && judge(path_of(fd)) == Verdict::kFails) {
            return failed(plan_.error);
        }
    }
    return ::syscall(SYS_pread64, fd, bytes, size, at);
}

}  // namespace sewa::power

namespace {

sewa::power::RecordedDisk& disk() {
    return sewa::power::RecordedDisk::instance();
}

unsigned mode_of(int flags, va_list arguments) {
    return (flags & O_CREAT) != 0 ? va_arg(arguments, unsigned) : 0;
}

}  // namespace

// The names by which this program, SQLite and the standard library call. Defined in the program,
// they are found before the C library's.
extern "C" {

#define SEWA_OPEN(name, folder_parameter, folder)                 \
    int name(folder_parameter char const* path, int flags, ...) { \
        va_list arguments;                                        \
        va_start(arguments, flags);                               \
        auto const mode = mode_of(flags, arguments);              \
        va_end(arguments);                                        \
        return disk().open(folder, path, flags, mode);            \
    }
#define SEWA_COMMA ,
SEWA_OPEN(open, , AT_FDCWD)
SEWA_OPEN(open64, , AT_FDCWD)
SEWA_OPEN(openat, int folder SEWA_COMMA, folder)
SEWA_OPEN(openat64, int folder SEWA_COMMA, folder)

int mkdir(char const* path, unsigned mode) noexcept {
    return disk().make_folder(path, mode);
}
int rename(char const* from, char const* to) noexcept {
    return disk().rename(AT_FDCWD, from, AT_FDCWD, to);
}
int renameat(int from_folder, char const* from, int to_folder, char const* to) noexcept {
    return disk().rename(from_folder, from, to_folder, to);
}
int unlink(char const* path) noexcept {
    return disk().remove(AT_FDCWD, path, 0);
}
int unlinkat(int folder, char const* path, int flags) noexcept {
    return disk().remove(folder, path, flags);
}
int fsync(int fd) {
    return disk().sync(fd);
}
int fdatasync(int fd) {
    return disk().sync(fd);
}
int ftruncate(int fd, off_t size) noexcept {
    return disk().truncate(fd, size);
}
int ftruncate64(int fd, off64_t size) noexcept {
    return disk().truncate(fd, size);
}
ssize_t write(int fd, void const* bytes, std::size_t size) {
    return disk().write(fd, bytes, size, -1);
}
ssize_t pwrite(int fd, void const* bytes, std::size_t size, off_t at) {
    return disk().write(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, void const* bytes, std::size_t size, off64_t at) {
    return disk().write(fd, bytes, size, at);
}
ssize_t pread(int fd, void* bytes, std::size_t size, off_t at) {
    return disk().read(fd, bytes, size, at);
}
ssize_t pread64(int fd, void* bytes, std::size_t size, off64_t at) {
    return disk().read(fd, bytes, size, at);
}

}  // extern "C"
