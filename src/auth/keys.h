#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/algorithm.h"
#include "core/result.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace sewa::auth {

using PublicKey = std::shared_ptr<evp_pkey_st>;

// One key that verifies one algorithm. A secret is never tried as a public key or the other way
// round, because each key is looked up by its algorithm.
struct Key {
    Algorithm algorithm = Algorithm::kHs256;
    std::string id;        // `kid`; empty when the key has no name
    std::string secret;    // kHs256 only
    PublicKey public_key;  // all others
};

inline constexpr std::size_t kKeysMax = 64;

// The keys that tokens are verified with. Built at start or by a reload, then frozen and shared as
// `std::shared_ptr<Keys const>`. At most kKeysMax.
class Keys {
public:
    // Fails with kBadRequest for a second key of one `kid`, and for too many.
    Status add(Key key);

    // With a `kid`: the key of that name and algorithm. A key without a name answers to any `kid`,
    // and any key to a token without one, when it is the only key of the algorithm.
    Key const* find(Algorithm algorithm, std::optional<std::string_view> id) const;

    std::size_t size() const { return keys_.size(); }

private:
    Key const* find_only(Algorithm algorithm) const;

    std::vector<Key> keys_;
};

}  // namespace sewa::auth
