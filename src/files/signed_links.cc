#include "files/signed_links.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "files/whole_file.h"
#include "net/socket.h"

namespace sewa::files {

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::size_t kSignatureBytes = 16;
constexpr std::size_t kKeyDigits = 64;

tl::unexpected<Error> cannot_read(std::string const& path) {
    return fail(Errc::kUnavailable, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
}

}  // namespace

std::string SignedLinks::query_for(AttachmentId id) const {
    auto const end = clock_.wall().value + ttl_ms_;
    auto const expires = (end + kHourMs - 1) / kHourMs * (kHourMs / 1000);
    return fmt::format("?expires={}&signature={}", expires, signature_of(id, expires));
}

Status SignedLinks::check(AttachmentId id, std::string_view expires,
                          std::string_view signature) const {
    auto const refused = fail(Errc::kForbidden, "this link is not good, or not any more");
    std::int64_t end = 0;
    auto const parsed = std::from_chars(expires.data(), expires.data() + expires.size(), end);
    if (parsed.ec != std::errc{} || parsed.ptr != expires.data() + expires.size()) return refused;
    auto const expected = signature_of(id, end);
    if (signature.size() != expected.size() ||
        CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) != 0) {
        return refused;
    }
    if (end <= clock_.wall().value / 1000) return refused;
    return {};
}

std::string SignedLinks::signature_of(AttachmentId id, std::int64_t expires) const {
    auto const text = fmt::format("attachment:{}:{}", id.value, expires);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<unsigned char const*>(text.data()), text.size(), mac.data(), &size);
    std::string digits;
    for (std::size_t i = 0; i < kSignatureBytes; ++i) digits += fmt::format("{:02x}", mac[i]);
    return digits;
}

Result<std::string> open_link_key(std::string const& path, Random& random) {
    net::UniqueFd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) {
        auto made = random.hex(kKeyDigits);
        SEWA_CHECK(write_whole_file(path, made));
        return made;
    }
    std::string key(kKeyDigits, '\0');
    if (!file) return cannot_read(path);
    auto const size = ::read(file.get(), key.data(), key.size());
    if (size < 0) return cannot_read(path);
    if (size == static_cast<ssize_t>(key.size())) return key;
    return fail(Errc::kUnavailable, path + " is damaged; remove it, and a new key is made");
}

}  // namespace sewa::files
