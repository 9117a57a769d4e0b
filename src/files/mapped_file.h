#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <string_view>

namespace sewa::files {

// A file's content in the address space, read when it is touched. Empty when it cannot be mapped.
class MappedFile {
public:
    MappedFile(int fd, std::size_t size) : size_(size) {
        auto* const at =
            size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED) bytes_ = static_cast<char const*>(at);
    }
    ~MappedFile() {
        if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
    }
    MappedFile(MappedFile const&) = delete;
    MappedFile& operator=(MappedFile const&) = delete;

    std::string_view content() const {
        return bytes_ == nullptr ? std::string_view{} : std::string_view(bytes_, size_);
    }

private:
    char const* bytes_ = nullptr;
    std::size_t size_;
};

}  // namespace sewa::files
