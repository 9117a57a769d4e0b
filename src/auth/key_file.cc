#include "auth/key_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace sewa::auth {
namespace {

tl::unexpected<Error> refuse(std::string const& path, char const* reason) {
    return fail(Errc::kBadRequest, "cannot read " + path + ": " + reason);
}

}  // namespace

Result<std::string> read_key_file(std::string const& path, std::size_t bytes_max) {
    struct stat info = {};
    if (::stat(path.c_str(), &info) != 0) return refuse(path, std::strerror(errno));
    if (!S_ISREG(info.st_mode)) return refuse(path, "it is no regular file");
    std::ifstream file(path, std::ios::binary);
    std::string bytes(bytes_max + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.eof() || file.bad()) {
        return refuse(path, file.good() ? "it is too large" : "permission denied");
    }
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

FileStamp stamp_of(std::string const& path) {
    struct stat info = {};
    if (path.empty() || ::stat(path.c_str(), &info) != 0) return {};
    return {info.st_ino, info.st_size,
            std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec};
}

}  // namespace sewa::auth
