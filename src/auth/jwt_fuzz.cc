#include <cstddef>
#include <cstdint>
#include <string_view>

#include "auth/base64url.h"
#include "auth/jwt.h"
#include "auth/signature.h"
#include "core/assert.h"

// The first byte chooses: the rest is a whole token, the payload of a well-signed one, or its
// header. Whatever passes must have a user and an end that the rules allow.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sewa;
    constexpr std::string_view kSecret = "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG";
    constexpr WallMs kNow{1'750'000'000'000};
    static auth::Verifier const verifier = [&] {
        auth::Keys keys;
        (void)keys.add({auth::Algorithm::kHs256, {}, std::string(kSecret), {}});
        return auth::Verifier({.algorithms = {auth::Algorithm::kHs256}},
                              auth::KeyStore::fixed(std::move(keys)));
    }();
    if (size == 0) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    std::string token(text);
    if (data[0] % 3 != 0) {
        bool const is_payload = data[0] % 3 == 1;
        auto const header = is_payload ? std::string_view(R"({"alg":"HS256"})") : text;
        auto const payload =
            is_payload ? text : std::string_view(R"({"user_id":7,"exp":1750003600})");
        token = auth::base64url_encode(header) + "." + auth::base64url_encode(payload);
        token += "." + auth::base64url_encode(auth::hmac_sha256(kSecret, token));
    }
    auto const claims = verifier.verify(token, kNow);
    if (claims) {
        SEWA_ASSERT(claims->user.value > 0 && claims->user.value <= kIdMax);
        SEWA_ASSERT(claims->expires_at + 5'000 > kNow);
        SEWA_ASSERT(claims->name.size() <= auth::kNameBytesMax);
    }
    return 0;
}
