#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace sewa::power {

// What a call did to the recorded folder. Paths are relative to it.
struct Change {
    enum class Kind {
        kMakeFolder,
        kCreate,
        kRename,
        kRemove,
        kSyncFolder,
        kWrite,
        kTruncate,
        kSync
    };
    Kind kind;
    std::string path = {};   // The entry, or the folder that was synced.
    std::string to = {};     // kRename.
    int file = 0;            // Whose content, whatever its name is by now; kCreate, kRename too.
    std::int64_t at = 0;     // kWrite: where. kTruncate: the new size.
    std::string bytes = {};  // kWrite.
};

// Stands between this whole program and the kernel: the calls by which it changes files are noted,
// in their order, when they concern the recorded folder, and fail when the plan says so. A sync
// only counts: the machine below stays up, and its own sync would only cost time. Any-thread.
class RecordedDisk {
public:
    static RecordedDisk& instance();

    // From now on and from nothing. An absolute path; only files that are made from now on count.
    void record(std::string folder);
    std::vector<Change> stop();
    std::size_t size() const;

    // Which of the following calls about a path that contains `below` fails.
    struct Plan {
        std::string below = {};
        int fail_at = -1;  // The how-many-th; -1: none.
        int times = 1;     // And so many in all.
        int error = EIO;
        bool is_short = false;  // The first of them, if a write, takes half and says so.
    };
    void plan(Plan plan);
    int calls() const;     // That met the plan's path, failed or not.
    int failures() const;  // Of them.

    // What the program called; like the calls of those names.
    int open(int folder, char const* path, int flags, unsigned mode);
    int make_folder(char const* path, unsigned mode);
    int rename(int from_folder, char const* from, int to_folder, char const* to);
    int remove(int folder, char const* path, int flags);
    int sync(int fd);
    int truncate(int fd, std::int64_t size);
    long write(int fd, void const* bytes, std::size_t size, std::int64_t at);  // -1: where it is.
    long read(int fd, void* bytes, std::size_t size, std::int64_t at);

private:
    enum class Verdict { kGood, kFails, kShort };

    std::string name_of(int folder, char const* path) const;
    std::string path_of(int fd) const;
    int file_of(int fd) const;
    Verdict judge(std::string const& name);
    bool is_quiet() const { return folder_.empty(); }
    void note(Change change);

    mutable std::recursive_mutex mutex_;
    std::string folder_;  // Set while no other thread runs.
    bool is_recording_ = false;
    std::vector<Change> changes_;
    std::unordered_map<std::uint64_t, int> file_of_inode_;
    int files_ = 0;
    Plan plan_;
    int calls_ = 0;
    int failures_ = 0;
};

}  // namespace sewa::power
