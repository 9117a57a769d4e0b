#include "files/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "files/whole_file.h"

namespace sewa::files {

namespace {

// The disk begins to write while more arrives, so that the last fsync has little left to do.
constexpr std::uint64_t kWriteBackBytes = 1 << 20;
constexpr std::size_t kNameDigits = 32;
constexpr std::size_t kRunDigits = 8;

tl::unexpected<Error> disk_failed(std::string_view doing, std::string_view what = "the file") {
    return fail(Errc::kUnavailable,
                fmt::format("cannot {} {}: {}", doing, what, std::strerror(errno)));
}

Result<net::UniqueFd> open_folder(std::string const& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        return disk_failed("create the folder", path);
    }
    net::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) return fd;
    return disk_failed("open the folder", path);
}

void each_entry(int folder, std::function<void(char const*)> const& visit) {
    int const fd = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* const stream = fd < 0 ? nullptr : ::fdopendir(fd);
    if (stream == nullptr) return;
    while (auto const* entry = ::readdir(stream)) {
        if (is_stored_name(entry->d_name)) visit(entry->d_name);
    }
    ::closedir(stream);
}

}  // namespace

bool is_stored_name(std::string_view name) {
    return name.size() == kNameDigits && name.find_first_not_of("0123456789abcdef") == name.npos;
}

IncomingFile::~IncomingFile() {
    if (fd_ && !is_kept_) ::unlinkat(folder_->incoming_.get(), name_.c_str(), 0);
}

Status IncomingFile::write(std::string_view bytes) {
    auto const before = size_;
    while (!bytes.empty()) {
        auto const done = ::write(fd_.get(), bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return disk_failed("write");
        bytes.remove_prefix(static_cast<std::size_t>(done));
        size_ += static_cast<std::uint64_t>(done);
    }
    if (before / kWriteBackBytes != size_ / kWriteBackBytes) {
        ::sync_file_range(fd_.get(), 0, static_cast<off64_t>(size_), SYNC_FILE_RANGE_WRITE);
    }
    return {};
}

Status IncomingFile::keep() {
    if (::fsync(fd_.get()) != 0) return disk_failed("write");
    if (::renameat(folder_->incoming_.get(), name_.c_str(), folder_->complete_.get(),
                   name_.c_str()) != 0) {
        return disk_failed("name");
    }
    is_kept_ = true;
    if (::fsync(folder_->complete_.get()) != 0) return disk_failed("name");
    return {};
}

Result<Folder> Folder::open(std::string const& data_folder) {
    Folder folder;
    folder.path_ = data_folder + "/attachments";
    folder.run_ = SecureRandom().hex(kRunDigits);
    SEWA_TRY(folder.complete_, open_folder(folder.path_));
    SEWA_TRY(folder.incoming_, open_folder(folder.path_ + "/incoming"));
    // A crash of an earlier start may have come between making them and this.
    if (!sync_folder(data_folder) || ::fsync(folder.complete_.get()) != 0) {
        return disk_failed("sync", folder.path_);
    }
    auto const incoming = folder.incoming_.get();
    each_entry(incoming, [incoming](char const* name) { ::unlinkat(incoming, name, 0); });
    return folder;
}

std::string Folder::new_name(Random& random) const {
    return run_ + random.hex(kNameDigits - kRunDigits);
}

Result<IncomingFile> Folder::create(std::string name) const {
    net::UniqueFd fd(::openat(incoming_.get(), name.c_str(),
                              O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return disk_failed("create");
    return IncomingFile(*this, std::move(fd), std::move(name));
}

Result<net::UniqueFd> Folder::open_file(std::string const& name) const {
    if (!is_stored_name(name)) return fail(Errc::kInternal, "not the name of a stored file");
    net::UniqueFd fd(::openat(complete_.get(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd) return fd;
    if (errno != ENOENT) return disk_failed("open");
    return fail(Errc::kNotFound, "no such attachment");
}

Status Folder::remove(std::string const& name) const {
    if (!is_stored_name(name)) return fail(Errc::kInternal, "not the name of a stored file");
    if (::unlinkat(complete_.get(), name.c_str(), 0) == 0 || errno == ENOENT) return {};
    return disk_failed("remove");
}

void Folder::each_of_earlier_runs(std::function<void(std::string)> const& visit) const {
    each_entry(complete_.get(), [&](std::string_view name) {
        if (!name.starts_with(run_)) visit(std::string(name));
    });
}

}  // namespace sewa::files
