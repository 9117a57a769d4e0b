#include "site/bundle.h"

#include <filesystem>
#include <fstream>
#include <iterator>

// Defined by the assembler file that the build makes around the bundle.
extern "C" char const sewa_web_bundle_begin[];
extern "C" char const sewa_web_bundle_end[];

namespace sewa::site {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = 64 << 20;
constexpr std::size_t kFilesMax = 5'000;

std::uint32_t read_length(std::string_view bytes) {
    std::uint32_t length = 0;
    for (int i = 3; i >= 0; --i) length = length << 8 | static_cast<unsigned char>(bytes[i]);
    return length;
}

Result<File> read_file(fs::path const& path, fs::path const& root) {
    std::ifstream in(path, std::ios::binary);
    File file{fs::relative(path, root).generic_string(),
              {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}};
    if (!in.good() && !in.eof()) return fail(Errc::kUnavailable, "cannot read " + path.string());
    return file;
}

}  // namespace

Result<std::vector<File>> parse_bundle(std::string_view bundle) {
    constexpr std::size_t kLengths = 8;
    std::vector<File> files;
    while (!bundle.empty()) {
        auto const damaged = fail(Errc::kInternal, "the web bundle in this program is damaged");
        if (bundle.size() < kLengths) return damaged;
        std::size_t const path = read_length(bundle), content = read_length(bundle.substr(4));
        if (bundle.size() - kLengths < path + content) return damaged;
        files.push_back({std::string(bundle.substr(kLengths, path)),
                         std::string(bundle.substr(kLengths + path, content))});
        bundle.remove_prefix(kLengths + path + content);
    }
    return files;
}

Result<std::vector<File>> embedded_files() {
    return parse_bundle({sewa_web_bundle_begin,
                         static_cast<std::size_t>(sewa_web_bundle_end - sewa_web_bundle_begin)});
}

Result<std::vector<File>> read_folder(std::string const& folder) {
    std::error_code failure;
    fs::recursive_directory_iterator entries(folder, failure);
    if (failure) return fail(Errc::kBadRequest, "cannot read " + folder + ": " + failure.message());
    std::vector<File> files;
    std::size_t bytes = 0;
    for (auto const& entry : entries) {
        if (entry.is_symlink() || !entry.is_regular_file()) continue;
        bytes += entry.file_size();
        if (bytes > kBytesMax || files.size() == kFilesMax) {
            return fail(Errc::kTooLarge, folder +
                                             " has more than 64 MiB or 5,000 files; is it a "
                                             "web app's export folder?");
        }
        SEWA_TRY(auto file, read_file(entry.path(), folder));
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace sewa::site
