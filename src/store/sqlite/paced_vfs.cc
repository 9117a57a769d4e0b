#include "store/sqlite/paced_vfs.h"

#include "store/sqlite/file_layer.h"

namespace sewa::store::sqlite {

namespace {

constexpr sqlite3_int64 kBytesBetweenSyncs = 1 << 20;

struct PacedFile {
    sqlite3_file base;
    sqlite3_int64 unsynced;
};

template <auto kMethod, typename... Arguments>
auto forward(sqlite3_file* file, Arguments... arguments) {
    return call_below<PacedFile, kMethod>(file, arguments...);
}

int write(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 at) {
    auto* const paced = reinterpret_cast<PacedFile*>(file);
    int const written = forward<&sqlite3_io_methods::xWrite>(file, bytes, size, at);
    if (written != SQLITE_OK) return written;
    paced->unsynced += size;
    if (paced->unsynced < kBytesBetweenSyncs) return SQLITE_OK;
    paced->unsynced = 0;
    return forward<&sqlite3_io_methods::xSync>(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

sqlite3_io_methods const kMethods = {
    3,
    forward<&sqlite3_io_methods::xClose>,
    forward<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    write,
    forward<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    forward<&sqlite3_io_methods::xSync, int>,
    forward<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    forward<&sqlite3_io_methods::xLock, int>,
    forward<&sqlite3_io_methods::xUnlock, int>,
    forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    forward<&sqlite3_io_methods::xFileControl, int, void*>,
    forward<&sqlite3_io_methods::xSectorSize>,
    forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    forward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    forward<&sqlite3_io_methods::xShmLock, int, int, int>,
    forward<&sqlite3_io_methods::xShmBarrier>,
    forward<&sqlite3_io_methods::xShmUnmap, int>,
    forward<&sqlite3_io_methods::xFetch, sqlite3_int64, int, void**>,
    forward<&sqlite3_io_methods::xUnfetch, sqlite3_int64, void*>,
};

int open(sqlite3_vfs* vfs, char const* path, sqlite3_file* file, int flags, int* out) {
    auto* const below = static_cast<sqlite3_vfs*>(vfs->pAppData);
    // The log is left to the layer below, which then knows nothing of this one.
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return below->xOpen(below, path, file, flags, out);
    auto* const paced = reinterpret_cast<PacedFile*>(file);
    *paced = {};
    int const opened = below->xOpen(below, path, file_below<PacedFile>(file), flags, out);
    if (opened == SQLITE_OK) paced->base.pMethods = &kMethods;
    return opened;
}

}  // namespace

char const* paced_vfs() {
    static constexpr char kName[] = "paced";
    // Where it fails, for lack of memory, opening a file finds no such layer.
    static int const registered = [] {
        auto* const below = sqlite3_vfs_find(nullptr);
        static sqlite3_vfs vfs = *below;
        vfs.pNext = nullptr;
        vfs.zName = kName;
        vfs.pAppData = below;
        vfs.szOsFile = below->szOsFile + static_cast<int>(sizeof(PacedFile));
        vfs.xOpen = open;
        return sqlite3_vfs_register(&vfs, 0);
    }();
    static_cast<void>(registered);
    return kName;
}

}  // namespace sewa::store::sqlite
