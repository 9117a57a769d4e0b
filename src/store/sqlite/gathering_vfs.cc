#include "store/sqlite/gathering_vfs.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>

#include "store/sqlite/file_layer.h"

namespace sewa::store::sqlite {

namespace {

// SQLite's own layer takes less than 128 KiB in one write.
constexpr std::size_t kWaitingMax = 96 << 10;

// A log that grows does so in steps that follow its size, so that one of a few pages stays small.
constexpr sqlite3_int64 kStepMin = 64 << 10;
constexpr sqlite3_int64 kStepMax = 512 << 10;

struct GatheringFile {
    sqlite3_file base;
    std::string* waiting;
    sqlite3_int64 at;  // Where the first waiting byte belongs.
    bool has_sync_last;
    sqlite3_int64 size;  // Of the file, at least; 0: not asked yet.
};

GatheringFile& gathering(sqlite3_file* file) {
    return *reinterpret_cast<GatheringFile*>(file);
}

template <auto kMethod, typename... Arguments>
auto pass_on(sqlite3_file* file, Arguments... arguments) {
    return call_below<GatheringFile, kMethod>(file, arguments...);
}

// A sync of a file that grew writes its size too, and where its blocks lie: a request more for the
// disk in each commit, or one of the file system's journal. Zeros ahead make that rare. To SQLite
// they are what is left of an older log. Whether there is room for them is not the commit's matter.
void grow(sqlite3_file* file, sqlite3_int64 end) {
    static constexpr char kZeros[kStepMax] = {};
    auto& size = gathering(file).size;
    pass_on<&sqlite3_io_methods::xFileSize>(file, &size);
    if (end < size) return;
    auto const step = std::clamp(end / 2, kStepMin, kStepMax);
    void const* const bytes = kZeros;
    pass_on<&sqlite3_io_methods::xWrite>(file, bytes, static_cast<int>(step), end);
    size = end + step;
}

int write_waiting(sqlite3_file* file) {
    auto& [base, waiting, at, has_sync_last, size] = gathering(file);
    if (waiting->empty()) return SQLITE_OK;
    void const* const bytes = waiting->data();
    auto const count = static_cast<int>(waiting->size());
    int const written = pass_on<&sqlite3_io_methods::xWrite>(file, bytes, count, at);
    if (written == SQLITE_OK && at + count > size) grow(file, at + count);
    waiting->clear();
    return written;
}

template <auto kMethod, typename... Arguments>
int pass_on_after_writing(sqlite3_file* file, Arguments... arguments) {
    int const written = write_waiting(file);
    return written == SQLITE_OK ? pass_on<kMethod>(file, arguments...) : written;
}

int gather(sqlite3_file* file, void const* bytes, int size, sqlite3_int64 offset) {
    auto& [base, waiting, at, has_sync_last, size_of_file] = gathering(file);
    if (!has_sync_last) return pass_on<&sqlite3_io_methods::xWrite>(file, bytes, size, offset);
    auto const count = static_cast<std::size_t>(size);
    bool const continues = offset == at + static_cast<sqlite3_int64>(waiting->size());
    if (!continues || waiting->size() + count > kWaitingMax) {
        if (int const written = write_waiting(file); written != SQLITE_OK) return written;
    }
    if (waiting->empty()) at = offset;
    waiting->append(static_cast<char const*>(bytes), count);
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    int const done = pass_on_after_writing<&sqlite3_io_methods::xTruncate>(file, size);
    gathering(file).size = 0;
    return done;
}

int close(sqlite3_file* file) {
    // What waits is of no commit: those ended with a sync.
    std::unique_ptr<std::string> const waiting(gathering(file).waiting);
    return pass_on<&sqlite3_io_methods::xClose>(file);
}

// Elsewhere SQLite fills the last sector with a copy of a page that ends after the sync.
bool has_sync_last(sqlite3_file* file) {
    int const traits = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>(file);
    return (traits & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0;
}

// Version 1: a log has no shared memory and no mapping.
constexpr sqlite3_io_methods log_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = close;
    methods.xRead = pass_on_after_writing<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>;
    methods.xWrite = gather;
    methods.xTruncate = truncate;
    methods.xSync = pass_on_after_writing<&sqlite3_io_methods::xSync, int>;
    methods.xFileSize = pass_on_after_writing<&sqlite3_io_methods::xFileSize, sqlite3_int64*>;
    methods.xLock = pass_on<&sqlite3_io_methods::xLock, int>;
    methods.xUnlock = pass_on<&sqlite3_io_methods::xUnlock, int>;
    methods.xCheckReservedLock = pass_on<&sqlite3_io_methods::xCheckReservedLock, int*>;
    methods.xFileControl = pass_on<&sqlite3_io_methods::xFileControl, int, void*>;
    methods.xSectorSize = pass_on<&sqlite3_io_methods::xSectorSize>;
    methods.xDeviceCharacteristics = pass_on<&sqlite3_io_methods::xDeviceCharacteristics>;
    return methods;
}

int open_file(sqlite3_vfs* vfs, char const* path, sqlite3_file* file, int flags, int* out) {
    static constexpr sqlite3_io_methods kLogMethods = log_methods();
    auto* const below = static_cast<sqlite3_vfs*>(vfs->pAppData);
    // Other files are left to the layer below, which then knows nothing of this one.
    if ((flags & SQLITE_OPEN_WAL) == 0) return below->xOpen(below, path, file, flags, out);
    gathering(file) = {};
    int const opened = below->xOpen(below, path, file_below<GatheringFile>(file), flags, out);
    if (opened != SQLITE_OK) return opened;
    gathering(file).waiting = std::make_unique<std::string>().release();
    gathering(file).has_sync_last = has_sync_last(file);
    gathering(file).base.pMethods = &kLogMethods;
    return SQLITE_OK;
}

// SQLite keeps what it is given for as long as the process lives.
struct Layer {
    std::string name;
    sqlite3_vfs vfs;
};

// Where it fails, for lack of memory, opening a file finds no such layer.
sqlite3_vfs* register_layer(sqlite3_vfs& below, std::string name) {
    auto layer = std::make_unique<Layer>(Layer{std::move(name), below});
    layer->vfs.pNext = nullptr;
    layer->vfs.zName = layer->name.c_str();
    layer->vfs.pAppData = &below;
    layer->vfs.szOsFile = below.szOsFile + static_cast<int>(sizeof(GatheringFile));
    layer->vfs.xOpen = open_file;
    sqlite3_vfs_register(&layer->vfs, 0);
    return &layer.release()->vfs;
}

}  // namespace

char const* gathering_vfs(char const* below) {
    static std::mutex mutex;
    std::lock_guard const lock(mutex);
    auto* const layer_below = sqlite3_vfs_find(below);
    if (layer_below == nullptr) return nullptr;
    auto const name = std::string("gathering-") + layer_below->zName;
    auto const* layer = sqlite3_vfs_find(name.c_str());
    if (layer == nullptr) layer = register_layer(*layer_below, name);
    return layer->zName;
}

}  // namespace sewa::store::sqlite
