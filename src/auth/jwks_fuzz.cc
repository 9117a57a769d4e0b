#include <cstddef>
#include <cstdint>
#include <string_view>

#include "auth/jwks.h"
#include "core/assert.h"

// The first byte is the set of allowed algorithms. A set that passes has keys, all of them usable.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace sewa::auth;
    if (size == 0) return 0;
    AlgorithmSet allowed;
    for (auto const algorithm :
         {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa}) {
        if ((data[0] >> static_cast<unsigned>(algorithm)) & 1U) allowed.add(algorithm);
    }
    auto const keys =
        parse_jwks(std::string_view(reinterpret_cast<char const*>(data) + 1, size - 1), allowed);
    if (keys) SEWA_ASSERT(keys->size() > 0 && keys->size() <= kKeysMax);
    return 0;
}
