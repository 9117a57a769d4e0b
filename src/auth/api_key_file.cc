#include "auth/api_key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

namespace sewa::auth {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kColumns = 6;

tl::unexpected<Error> cannot(std::string_view what, std::string const& path) {
    return fail(Errc::kUnavailable,
                fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor const&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int const fd_;
};

std::string hex_of(KeyHash const& hash) {
    return fmt::format("{:02x}", fmt::join(hash, ""));
}

std::optional<KeyHash> hash_in(std::string_view text) {
    KeyHash hash;
    if (text.size() != 2 * hash.size()) return std::nullopt;
    for (std::size_t i = 0; i < hash.size(); ++i) {
        auto const* const at = text.data() + 2 * i;
        auto const [end, failure] = std::from_chars(at, at + 2, hash[i], 16);
        if (failure != std::errc{} || end != at + 2) return std::nullopt;
    }
    return hash;
}

template <typename Number>
std::optional<Number> number_in(std::string_view text, int base) {
    Number value{};
    auto const* const end = text.data() + text.size();
    auto const [stop, failure] = std::from_chars(text.data(), end, value, base);
    if (failure != std::errc{} || stop != end) return std::nullopt;
    return value;
}

// id, hash, scopes, created, revoked, name.
std::optional<ApiKey> parse_line(std::string_view line) {
    std::array<std::string_view, kColumns> column;
    for (std::size_t i = 0; i + 1 < kColumns; ++i) {
        auto const tab = line.find('\t');
        if (tab == std::string_view::npos) return std::nullopt;
        column[i] = line.substr(0, tab);
        line.remove_prefix(tab + 1);
    }
    auto const id = number_in<std::uint32_t>(column[0], 16);
    auto const hash = hash_in(column[1]);
    auto const scopes = ScopeSet::parse(column[2]);
    auto const created = number_in<std::int64_t>(column[3], 10);
    auto const revoked = number_in<std::int64_t>(column[4], 10);
    if (!id || !hash || !scopes || !created || !revoked) return std::nullopt;
    return ApiKey{*id, std::string(line), *scopes, *hash, WallMs{*created}, WallMs{*revoked}};
}

std::string line_of(ApiKey const& key) {
    return fmt::format("{:08x}\t{}\t{}\t{}\t{}\t{}\n", key.id, hex_of(key.hash), key.scopes.text(),
                       key.created_at.value, key.revoked_at.value, key.name);
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count = ::write(fd, bytes.data(), bytes.size());
        if (count < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fsync(fd) == 0;
}

Status check_name(std::string_view name) {
    bool const has_control = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
    if (!name.empty() && name.size() <= kApiKeyNameBytesMax && !has_control) return {};
    return fail(Errc::kBadRequest,
                fmt::format("a key's name is 1 to {} bytes of text", kApiKeyNameBytesMax), "name");
}

}  // namespace

Result<std::vector<ApiKey>> ApiKeyFile::read() const {
    std::vector<ApiKey> keys;
    if (stamp() == FileStamp{}) return keys;
    SEWA_TRY(auto const bytes, read_key_file(path_, kFileBytesMax));
    std::string_view rest(bytes);
    while (!rest.empty()) {
        auto const end = std::min(rest.find('\n'), rest.size());
        auto key = parse_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!key) {
            return fail(Errc::kBadRequest,
                        fmt::format("{}: line {} is no key", path_, keys.size() + 1));
        }
        keys.push_back(*std::move(key));
    }
    return keys;
}

Status ApiKeyFile::add(ApiKey key) {
    SEWA_CHECK(check_name(key.name));
    return change([&key](std::vector<ApiKey>& keys) -> Status {
        auto const is_same = [&](ApiKey const& other) { return other.id == key.id; };
        if (std::any_of(keys.begin(), keys.end(), is_same)) {
            return fail(Errc::kConflict, "this key id is taken; try again");
        }
        if (keys.size() >= kApiKeysMax) {
            return fail(Errc::kTooLarge, fmt::format("there are {} keys already", kApiKeysMax));
        }
        keys.push_back(std::move(key));
        return {};
    });
}

Result<ApiKey> ApiKeyFile::revoke(std::uint32_t id, WallMs now) {
    ApiKey revoked;
    SEWA_CHECK(change([&](std::vector<ApiKey>& keys) -> Status {
        for (auto& key : keys) {
            if (key.id != id) continue;
            if (key.revoked_at == WallMs{}) key.revoked_at = now;
            revoked = key;
            return {};
        }
        return fail(Errc::kNotFound, "no such key; `sewa apikey list` shows them");
    }));
    return revoked;
}

Status ApiKeyFile::change(Change const& change) {
    std::error_code ignored;
    auto const folder = std::filesystem::path(path_).parent_path();
    if (std::filesystem::create_directories(folder, ignored)) ::chmod(folder.c_str(), 0700);
    auto const lock_path = path_ + ".lock";
    Descriptor const lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock.get() < 0 || ::flock(lock.get(), LOCK_EX) != 0) return cannot("lock", lock_path);
    SEWA_TRY(auto keys, read());
    SEWA_CHECK(change(keys));
    return replace(keys);
}

Status ApiKeyFile::replace(std::vector<ApiKey> const& keys) {
    std::string bytes;
    for (auto const& key : keys) bytes += line_of(key);
    auto const fresh = path_ + ".next";
    {
        Descriptor const file(
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (file.get() < 0 || !write_all(file.get(), bytes)) return cannot("write", fresh);
    }
    if (::rename(fresh.c_str(), path_.c_str()) != 0) return cannot("replace", path_);
    auto const folder = std::filesystem::path(path_).parent_path();
    Descriptor const directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) return cannot("sync", folder);
    return {};
}

ApiKeyStore::Keys ApiKeyStore::current() const {
    std::scoped_lock const lock(mutex_);
    return keys_;
}

Status ApiKeyStore::load() {
    // Before reading: a file written meanwhile is then read again at the next look.
    auto const stamp = file_.stamp();
    auto keys = file_.read();
    std::scoped_lock const lock(mutex_);
    seen_ = stamp;
    if (!keys) return fail(std::move(keys).error());
    keys_ = std::make_shared<std::vector<ApiKey> const>(*std::move(keys));
    return {};
}

Result<bool> ApiKeyStore::reload_if_changed() {
    auto const stamp = file_.stamp();
    {
        std::scoped_lock const lock(mutex_);
        if (seen_ == stamp) return false;
    }
    SEWA_CHECK(load());
    return true;
}

}  // namespace sewa::auth
