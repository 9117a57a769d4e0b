#include "config/contradictions.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sewa::config {
namespace {

struct Rule {
    bool broken;
    std::string_view message;
};

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address.starts_with("localhost:") ||
           address.starts_with("[::1]:");
}

bool has_public_key_algorithm(Jwt const& jwt) {
    return std::any_of(jwt.algorithms.begin(), jwt.algorithms.end(),
                       [](std::string const& name) { return name != "HS256"; });
}

bool has_hs256(Jwt const& jwt) {
    auto const& names = jwt.algorithms;
    return std::find(names.begin(), names.end(), "HS256") != names.end();
}

bool has_foreign_issuer(Jwt const& jwt) {
    return !jwt.secret_file.empty() || !jwt.jwks_file.empty() || !jwt.issuer.empty();
}

}  // namespace

Status check_contradictions(Config const& config) {
    auto const& limits = config.limits;
    auto const& presence = config.presence;
    auto const& jwt = config.jwt;
    std::array const rules = {
        Rule{config.demo && !is_loopback(config.listen),
             "demo lets everybody in as anybody: with it, listen must be a loopback address such "
             "as 127.0.0.1:8000"},
        Rule{config.tls.cert_file.empty() != config.tls.key_file.empty(),
             "tls.cert_file and tls.key_file belong together; one of them is missing"},
        Rule{jwt.algorithms.empty(), "jwt.algorithms is empty: no token could be verified"},
        Rule{!jwt.secret_file.empty() && !has_hs256(jwt),
             "jwt.secret_file is set, but jwt.algorithms has no HS256"},
        Rule{jwt.jwks_file.empty() && !has_hs256(jwt) && !config.demo,
             "jwt.algorithms has public-key algorithms only; set jwt.jwks_file"},
        Rule{!jwt.jwks_file.empty() && jwt.secret_file.empty() && !has_public_key_algorithm(jwt),
             "jwt.jwks_file is set, but jwt.algorithms has no RS256, ES256 or EdDSA"},
        Rule{config.accounts.enabled && has_foreign_issuer(jwt),
             "accounts.enabled is for those without an issuer of their own: leave it off, or take "
             "jwt.secret_file, jwt.jwks_file and jwt.issuer away"},
        Rule{config.accounts.enabled && !has_hs256(jwt),
             "accounts.enabled needs HS256 in jwt.algorithms"},
        Rule{config.webhooks.url.empty() != config.webhooks.secret_file.empty(),
             "webhooks.url and webhooks.secret_file belong together; one of them is missing"},
        Rule{presence.ping_interval_s >= presence.lease_s,
             "presence.ping_interval_s must be smaller than presence.lease_s, or every quiet "
             "connection ends"},
        Rule{config.typing.throttle_ms >= config.typing.ttl_ms,
             "typing.throttle_ms must be smaller than typing.ttl_ms, or indicators flicker"},
        Rule{limits.content_chars * 4 > limits.frame_bytes,
             "limits.frame_bytes cannot hold limits.content_chars: allow four bytes for each "
             "character"},
    };
    for (auto const& rule : rules) {
        if (rule.broken) return fail(Errc::kBadRequest, std::string(rule.message));
    }
    return {};
}

}  // namespace sewa::config
