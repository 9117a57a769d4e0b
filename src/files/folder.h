#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/random.h"
#include "core/result.h"
#include "net/socket.h"

namespace sewa::files {

class Folder;

// A file that is being written. Gone with the object, unless it was kept. Not synchronised; every
// call waits for the disk.
class IncomingFile {
public:
    IncomingFile(IncomingFile&&) noexcept = default;
    IncomingFile& operator=(IncomingFile&&) = delete;
    ~IncomingFile();

    Status write(std::string_view bytes);
    // The content is on the disk and has its name; it survives a crash from here on.
    Status keep();

    int fd() const { return fd_.get(); }
    std::string const& name() const { return name_; }
    std::uint64_t size() const { return size_; }

private:
    friend class Folder;
    IncomingFile(Folder const& folder, net::UniqueFd fd, std::string name)
        : folder_(&folder), fd_(std::move(fd)), name_(std::move(name)) {}

    Folder const* folder_;
    net::UniqueFd fd_;
    std::string name_;
    std::uint64_t size_ = 0;
    bool is_kept_ = false;
};

// The contents of attachments: `attachments/` in the data folder, one file each, with random names
// that say nothing but which run of the server made them. `attachments/incoming/` holds what is not
// complete.
//
// Any-thread after `open`; every call waits for the disk. Lives longer than its files.
class Folder {
public:
    // Makes the folders. What a crash left incomplete is removed.
    static Result<Folder> open(std::string const& data_folder);

    // Never used before.
    std::string new_name(Random& random) const;
    // `name`: 32 hexadecimal digits that were never used.
    Result<IncomingFile> create(std::string name) const;
    Result<net::UniqueFd> open_file(std::string const& name) const;
    // Absent is fine.
    Status remove(std::string const& name) const;

    // Visits the names of complete files of earlier runs. The time of a file would not tell: the
    // clock may have jumped since.
    void each_of_earlier_runs(std::function<void(std::string)> const& visit) const;

    std::string const& path() const { return path_; }

private:
    friend class IncomingFile;
    Folder() = default;

    std::string path_;
    std::string run_;  // All names that it makes begin with this.
    net::UniqueFd complete_;
    net::UniqueFd incoming_;
};

// 32 lower-case hexadecimal digits.
bool is_stored_name(std::string_view name);

}  // namespace sewa::files
