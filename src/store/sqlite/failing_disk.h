#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "core/random.h"

namespace sewa::store::sqlite {

// For tests: a disk that fails on demand and forgets at a power cut what was not synced. SQLite's
// own file layer does the work below it. Open with "file:PATH?vfs=failing". One thread.
class FailingDisk {
public:
    struct Plan {
        std::int64_t fail_at = -1;  // The how-many-th write or sync from now on fails; -1: none.
        std::int64_t times = 1;     // And so many in all.
        int error = SQLITE_IOERR_WRITE;
        bool is_short_write = false;  // Half of the bytes arrive first.
        bool is_powersafe = true;     // As SQLite's own layer says: a write spares its neighbours.
        bool is_any_call = false;     // Opens, reads, sizes, truncations and deletes fail as well.
    };

    static FailingDisk& instance() {
        static FailingDisk disk;
        return disk;
    }

    void plan(Plan plan) {
        plan_ = plan;
        operations_ = failures_ = 0;
    }
    std::int64_t operations() const { return operations_; }
    std::int64_t failures() const { return failures_; }
    // Of a plan that was to fail syncs, all have failed.
    bool has_failed_to_sync() const {
        return plan_.error == SQLITE_IOERR_FSYNC && operations_ >= plan_.fail_at + plan_.times;
    }

    // From now on nothing works. Close everything, then `power_back`.
    void cut_power() { is_dead_ = true; }

    // Of the writes since the last sync of each file, some survive and some do not.
    void power_back(Random& random) {
        for (auto write = unsynced_.rbegin(); write != unsynced_.rend(); ++write) {
            if (random.below(2) == 0) undo(*write);
        }
        unsynced_.clear();
        is_dead_ = false;
    }

private:
    struct File {
        sqlite3_file base;
        sqlite3_file* real;
        std::string* path;
    };
    struct OldBytes {
        std::string path;
        std::int64_t offset;
        std::string bytes;
    };

    FailingDisk();

    static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
    int next_error() {
        if (is_dead_) return SQLITE_IOERR;
        auto const number = operations_++;
        bool const fails =
            plan_.fail_at >= 0 && number >= plan_.fail_at && number < plan_.fail_at + plan_.times;
        failures_ += fails ? 1 : 0;
        return fails ? plan_.error : SQLITE_OK;
    }
    // For calls that count only when the plan says so.
    int next_other_error() { return is_dead_ || plan_.is_any_call ? next_error() : SQLITE_OK; }
    void remember(File& file, std::int64_t offset, int size);
    void undo(OldBytes const& write) const;

    static int open(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags, int* out);
    static int close(sqlite3_file* file);
    static int write(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 offset);
    static int sync(sqlite3_file* file, int);
    static int truncate(sqlite3_file* file, sqlite3_int64 size);
    static int remove(sqlite3_vfs*, char const* path, int sync_folder);

    sqlite3_vfs* real_ = nullptr;
    sqlite3_vfs vfs_{};
    sqlite3_io_methods methods_{};
    Plan plan_;
    std::int64_t operations_ = 0;
    std::int64_t failures_ = 0;
    bool is_dead_ = false;
    std::vector<OldBytes> unsynced_;
};

inline FailingDisk::FailingDisk() : real_(sqlite3_vfs_find(nullptr)) {
    vfs_ = *real_;
    vfs_.pNext = nullptr;
    vfs_.zName = "failing";
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 0);

    methods_.iVersion = 2;
    methods_.xClose = close;
    methods_.xWrite = write;
    methods_.xSync = sync;
    methods_.xTruncate = truncate;
    methods_.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        if (int const error = instance().next_other_error(); error != SQLITE_OK) return error;
        return of(f)->real->pMethods->xRead(of(f)->real, to, size, at);
    };
    methods_.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        if (int const error = instance().next_other_error(); error != SQLITE_OK) return error;
        return of(f)->real->pMethods->xFileSize(of(f)->real, size);
    };
    methods_.xLock = [](sqlite3_file* f, int level) {
        return of(f)->real->pMethods->xLock(of(f)->real, level);
    };
    methods_.xUnlock = [](sqlite3_file* f, int level) {
        return of(f)->real->pMethods->xUnlock(of(f)->real, level);
    };
    methods_.xCheckReservedLock = [](sqlite3_file* f, int* out) {
        return of(f)->real->pMethods->xCheckReservedLock(of(f)->real, out);
    };
    methods_.xFileControl = [](sqlite3_file* f, int op, void* arg) {
        return of(f)->real->pMethods->xFileControl(of(f)->real, op, arg);
    };
    methods_.xSectorSize = [](sqlite3_file*) { return 4096; };
    methods_.xDeviceCharacteristics = [](sqlite3_file*) {
        return instance().plan_.is_powersafe ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
    };
    methods_.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
        return of(f)->real->pMethods->xShmMap(of(f)->real, page, size, extend, out);
    };
    methods_.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
        return of(f)->real->pMethods->xShmLock(of(f)->real, offset, n, flags);
    };
    methods_.xShmBarrier = [](sqlite3_file* f) { of(f)->real->pMethods->xShmBarrier(of(f)->real); };
    methods_.xShmUnmap = [](sqlite3_file* f, int remove) {
        return of(f)->real->pMethods->xShmUnmap(of(f)->real, remove);
    };
}

inline int FailingDisk::open(sqlite3_vfs*, char const* path, sqlite3_file* file, int flags,
                             int* out) {
    auto& disk = instance();
    auto* self = of(file);
    self->base.pMethods = nullptr;
    self->real = reinterpret_cast<sqlite3_file*>(self + 1);
    if (int const error = disk.next_other_error(); error != SQLITE_OK) return error;
    int const result = disk.real_->xOpen(disk.real_, path, self->real, flags, out);
    if (result != SQLITE_OK) return result;
    // Raw new: the struct lies in memory of SQLite, which runs no constructors.
    self->path = new std::string(path == nullptr ? "" : path);
    self->base.pMethods = &disk.methods_;
    return SQLITE_OK;
}

inline int FailingDisk::close(sqlite3_file* file) {
    delete of(file)->path;
    return of(file)->real->pMethods->xClose(of(file)->real);
}

inline int FailingDisk::write(sqlite3_file* file, void const* bytes, int size,
                              sqlite3_int64 offset) {
    auto& disk = instance();
    auto* real = of(file)->real;
    int const error = disk.next_error();
    int const arriving = error == SQLITE_OK ? size : disk.plan_.is_short_write ? size / 2 : 0;
    if (disk.is_dead_ || arriving == 0) return error;
    disk.remember(*of(file), offset, arriving);
    int const result = real->pMethods->xWrite(real, bytes, arriving, offset);
    return error == SQLITE_OK ? result : error;
}

inline int FailingDisk::sync(sqlite3_file* file, int) {
    auto& disk = instance();
    int const error = disk.next_error();
    if (error != SQLITE_OK) return error;
    std::erase_if(disk.unsynced_,
                  [&](OldBytes const& write) { return write.path == *of(file)->path; });
    // The machine below stays up: its own sync would only cost time.
    return SQLITE_OK;
}

inline int FailingDisk::truncate(sqlite3_file* file, sqlite3_int64 size) {
    auto& disk = instance();
    if (int const error = disk.next_other_error(); error != SQLITE_OK) return error;
    return of(file)->real->pMethods->xTruncate(of(file)->real, size);
}

inline int FailingDisk::remove(sqlite3_vfs*, char const* path, int sync_folder) {
    auto& disk = instance();
    if (int const error = disk.next_other_error(); error != SQLITE_OK) return error;
    return disk.real_->xDelete(disk.real_, path, sync_folder);
}

inline void FailingDisk::remember(File& file, std::int64_t offset, int size) {
    // What is behind the end reads as zeros: a write there that was lost leaves zeros or nothing.
    OldBytes old{*file.path, offset, std::string(static_cast<std::size_t>(size), '\0')};
    file.real->pMethods->xRead(file.real, old.bytes.data(), size, offset);
    unsynced_.push_back(std::move(old));
}

inline void FailingDisk::undo(OldBytes const& write) const {
    std::vector<char> memory(static_cast<std::size_t>(real_->szOsFile));
    auto* file = reinterpret_cast<sqlite3_file*>(memory.data());
    // SQLite's file layer wants the double zero at the end of a database's name.
    auto const name = write.path + std::string(2, '\0');
    int const flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MAIN_JOURNAL;
    int out = 0;
    if (real_->xOpen(real_, name.c_str(), file, flags, &out) != SQLITE_OK) return;
    file->pMethods->xWrite(file, write.bytes.data(), static_cast<int>(write.bytes.size()),
                           write.offset);
    file->pMethods->xClose(file);
}

}  // namespace sewa::store::sqlite
