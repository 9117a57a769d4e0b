#include "auth/algorithm.h"

namespace sewa::auth {

std::string_view name(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::kHs256:
            return "HS256";
        case Algorithm::kRs256:
            return "RS256";
        case Algorithm::kEs256:
            return "ES256";
        case Algorithm::kEdDsa:
            return "EdDSA";
    }
    return "";
}

std::optional<Algorithm> find_algorithm(std::string_view text) {
    for (auto const algorithm :
         {Algorithm::kHs256, Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa}) {
        if (name(algorithm) == text) return algorithm;
    }
    return std::nullopt;
}

}  // namespace sewa::auth
