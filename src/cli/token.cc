#include <CLI/CLI.hpp>
#include <iostream>

#include "auth/jwt.h"
#include "auth/secret.h"
#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/duration.h"
#include "cli/exit.h"
#include "core/clock.h"

namespace sewa::cli {
namespace {

struct TokenArguments {
    std::int64_t user = 0;
    std::string name;
    std::string first_name;
    std::string last_name;
    std::string avatar;
    std::string role;
    std::string ttl = "1h";
};

Result<auth::Claims> claims_of(TokenArguments const& arguments, WallMs now) {
    auto const ttl_ms = parse_duration_ms(arguments.ttl);
    if (!ttl_ms) return fail(Errc::kBadRequest, "--ttl must be like 90s, 15m, 1h or 7d");
    auth::Claims claims{UserId{arguments.user},         now + *ttl_ms,       arguments.name,
                        arguments.first_name,           arguments.last_name, arguments.avatar,
                        auth::find_role(arguments.role)};
    if (!arguments.role.empty() && !claims.role) {
        return fail(Errc::kBadRequest, "--role must be customer, provider or staff");
    }
    return claims;
}

// A token that our own verifier would refuse helps nobody; better to say so here.
Status check(std::string const& token, std::string secret, config::Jwt const& jwt, WallMs now) {
    auth::Keys keys;
    SEWA_CHECK(keys.add({auth::Algorithm::kHs256, {}, std::move(secret), {}}));
    auth::Verifier const verifier(
        {{auth::Algorithm::kHs256}, jwt.issuer, jwt.audience, jwt.user_claim},
        auth::KeyStore::fixed(std::move(keys)));
    SEWA_TRY([[maybe_unused]] auto const claims, verifier.verify(token, now));
    return {};
}

Result<std::string> make_token(TokenArguments const& arguments, config::Jwt const& jwt) {
    auto const now = SystemClock().wall();
    if (jwt.secret_file.empty()) {
        return fail(Errc::kBadRequest, "name the secret with --jwt-secret-file FILE");
    }
    SEWA_TRY(auto const claims, claims_of(arguments, now));
    SEWA_TRY(auto const secret, auth::read_secret_file(jwt.secret_file));
    auto token = auth::sign_hs256(claims, {.secret = secret,
                                           .issued_at = now,
                                           .issuer = jwt.issuer,
                                           .audience = jwt.audience,
                                           .user_claim = jwt.user_claim});
    SEWA_CHECK(check(token, secret, jwt, now));
    return token;
}

void add_arguments(CLI::App& command, TokenArguments& arguments) {
    command.add_option("--user", arguments.user, "the user's id")->required();
    command.add_option("--name", arguments.name, "full name");
    command.add_option("--first-name", arguments.first_name, "first name");
    command.add_option("--last-name", arguments.last_name, "last name");
    command.add_option("--avatar", arguments.avatar, "address of a picture");
    command.add_option("--role", arguments.role, "customer, provider or staff");
    command.add_option("--ttl", arguments.ttl, "how long it is valid: 90s, 15m, 1h, 7d")
        ->capture_default_str();
}

}  // namespace

void register_token(CLI::App& app) {
    auto* const command = app.add_subcommand("token", "Print a token (HS256) for one user");
    auto const flags = ConfigFlags::add_to(*command, "jwt.");
    auto const arguments = std::make_shared<TokenArguments>();
    add_arguments(*command, *arguments);
    command->callback([flags, arguments] {
        auto const loaded = flags->load();
        if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
        auto const token = make_token(*arguments, loaded->config.jwt);
        if (!token) fail_command(token.error(), ExitCode::kUsage);
        std::cout << *token << '\n';
    });
}

}  // namespace sewa::cli
