#include "files/whole_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "net/socket.h"

namespace sewa::files {

namespace {

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const done = ::write(fd, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

bool write_synced(std::string const& path, std::string_view bytes) {
    net::UniqueFd const file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    return file && write_all(file.get(), bytes) && ::fsync(file.get()) == 0;
}

}  // namespace

bool sync_folder(std::string const& folder) {
    net::UniqueFd const fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return fd && ::fsync(fd.get()) == 0;
}

Status write_whole_file(std::string const& path, std::string_view bytes) {
    auto const fresh = path + ".next";
    if (write_synced(fresh, bytes) && ::rename(fresh.c_str(), path.c_str()) == 0 &&
        sync_folder(std::filesystem::absolute(path).parent_path())) {
        return {};
    }
    auto const why = errno;
    ::unlink(fresh.c_str());
    return fail(Errc::kUnavailable, fmt::format("cannot write {}: {}", path, std::strerror(why)));
}

}  // namespace sewa::files
