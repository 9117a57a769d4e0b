#include "auth/claim_checks.h"

#include <charconv>
#include <cmath>

namespace sewa::auth {
namespace {

// Year 5138. Keeps seconds far from the range in which milliseconds overflow.
constexpr double kSecondsMax = 1e11;

tl::unexpected<Error> refuse(std::string message) {
    return fail(Errc::kUnauthorized, std::move(message));
}

std::string in_quotes(std::string_view claim) {
    return "claim \"" + std::string(claim) + "\"";
}

// RFC 7519 NumericDate: seconds, possibly with a fraction.
Result<std::optional<WallMs>> find_time(JsonObject const& payload, std::string_view claim) {
    auto const value = payload.find(claim);
    if (!value) return std::optional<WallMs>();
    double seconds = 0;
    if (value->get(seconds) != simdjson::SUCCESS || !(seconds >= 0 && seconds <= kSecondsMax)) {
        return refuse(in_quotes(claim) + " is no time");
    }
    return WallMs{static_cast<std::int64_t>(std::floor(seconds * 1000))};
}

std::optional<std::int64_t> parse_decimal(std::string_view text) {
    std::int64_t number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    // One spelling only: a leading zero would let two strings name one user.
    if (error != std::errc() || stop != end || text.front() == '0') return std::nullopt;
    return number;
}

Result<UserId> read_user(JsonObject const& payload, std::string_view claim) {
    auto const value = payload.find(claim);
    if (!value) return refuse(in_quotes(claim) + " is missing");
    std::int64_t number = 0;
    std::string_view text;
    if (value->get(text) == simdjson::SUCCESS) {
        number = parse_decimal(text).value_or(0);
    } else if (value->get(number) != simdjson::SUCCESS) {
        number = 0;
    }
    if (number < 1 || number > kIdMax) return refuse(in_quotes(claim) + " is no positive integer");
    return UserId{number};
}

bool names_audience(JsonValue value, std::string_view audience) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) return text == audience;
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return false;
    for (auto const entry : array) {
        if (entry.get(text) == simdjson::SUCCESS && text == audience) return true;
    }
    return false;
}

Status check_addressing(JsonObject const& payload, TokenRules const& rules) {
    SEWA_TRY(auto const issuer, payload.find_text("iss"));
    if (!rules.issuer.empty() && issuer != rules.issuer) return refuse("wrong issuer");
    if (rules.audience.empty()) return {};
    auto const audience = payload.find("aud");
    if (!audience || !names_audience(*audience, rules.audience)) return refuse("wrong audience");
    return {};
}

// Refresh tokens are signed with the same key; they must not open a connection.
Status check_type(JsonObject const& payload) {
    SEWA_TRY(auto const type, payload.find_text("token_type"));
    if (type && *type != "access") return refuse("no access token");
    return {};
}

Result<WallMs> check_begin(JsonObject const& payload, WallMs latest) {
    SEWA_TRY(auto const not_before, find_time(payload, "nbf"));
    if (not_before && *not_before > latest) return refuse("the token is not valid yet");
    SEWA_TRY(auto const issued_at, find_time(payload, "iat"));
    if (issued_at && *issued_at > latest) return refuse("the token is from the future");
    return issued_at.value_or(WallMs{});
}

Status read_text(JsonObject const& payload, std::string_view claim, std::string& into) {
    auto const value = payload.find(claim);
    if (!value || value->is_null()) return {};
    SEWA_TRY(auto const text, payload.find_text(claim));
    auto const bytes_max = claim == "avatar" ? kAvatarBytesMax : kNameBytesMax;
    if (text->size() > bytes_max) return refuse(in_quotes(claim) + " is too long");
    into = *text;
    return {};
}

Status read_profile(JsonObject const& payload, Claims& claims) {
    SEWA_CHECK(read_text(payload, "name", claims.name));
    SEWA_CHECK(read_text(payload, "first_name", claims.first_name));
    SEWA_CHECK(read_text(payload, "last_name", claims.last_name));
    SEWA_CHECK(read_text(payload, "avatar", claims.avatar));
    if (!is_web_address(claims.avatar)) return refuse(in_quotes("avatar") + " is no web address");
    std::string role;
    SEWA_CHECK(read_text(payload, "role", role));
    claims.role = find_role(role);
    return {};
}

}  // namespace

Result<Claims> read_claims(JsonObject const& payload, TokenRules const& rules, WallMs now) {
    auto const leeway_ms = std::int64_t{rules.leeway_s} * 1000;
    Claims claims;
    SEWA_CHECK(check_type(payload));
    SEWA_CHECK(check_addressing(payload, rules));
    SEWA_TRY(claims.issued_at, check_begin(payload, now + leeway_ms));
    SEWA_TRY(claims.user, read_user(payload, rules.user_claim));
    SEWA_CHECK(read_profile(payload, claims));
    SEWA_TRY(auto const expires_at, find_time(payload, "exp"));
    if (!expires_at) return refuse(in_quotes("exp") + " is missing");
    // Last, because "expired" tells the client that a refresh will mend it.
    if (*expires_at + leeway_ms <= now) return fail(Errc::kTokenExpired, "the token has expired");
    claims.expires_at = *expires_at;
    return claims;
}

}  // namespace sewa::auth
