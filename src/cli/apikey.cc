#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>

#include "auth/api_key_file.h"
#include "cli/commands.h"
#include "cli/config_flags.h"
#include "cli/exit.h"
#include "core/clock.h"
#include "core/random.h"
#include "core/time_text.h"

namespace sewa::cli {
namespace {

auth::ApiKeyFile key_file(ConfigFlags const& flags) {
    auto const loaded = flags.load();
    if (!loaded) fail_command(loaded.error(), ExitCode::kUsage);
    return auth::ApiKeyFile(loaded->config.data_dir);
}

void create(auth::ApiKeyFile file, std::string const& name, std::string const& scopes) {
    auto const set = auth::ScopeSet::parse(scopes);
    if (!set) fail_command(set.error(), ExitCode::kUsage);
    SecureRandom random;
    auto minted = auth::mint_api_key(name, *set, random, SystemClock().wall());
    if (auto const added = file.add(std::move(minted.key)); !added) fail_command(added.error());
    // The key alone on stdout, so that a script can keep it; it cannot be shown again.
    std::cout << minted.text << '\n';
    std::cerr << "Keep this key; only its hash is stored, and it cannot be shown again.\n";
}

void list(auth::ApiKeyFile const& file) {
    auto const keys = file.read();
    if (!keys) fail_command(keys.error());
    for (auto const& key : *keys) {
        bool const counts = key.revoked_at == WallMs{};
        std::cout << fmt::format("{:08x}  {:<7}  {}  {}  {}\n", key.id, counts ? "good" : "revoked",
                                 to_iso8601(key.created_at), key.name, key.scopes.text());
    }
}

void revoke(auth::ApiKeyFile file, std::string const& id_text) {
    std::uint32_t id = 0;
    auto const* const end = id_text.data() + id_text.size();
    auto const [stop, failure] = std::from_chars(id_text.data(), end, id, 16);
    if (failure != std::errc{} || stop != end) {
        fail_command(error(Errc::kBadRequest, "a key's id has 8 hexadecimal digits"),
                     ExitCode::kUsage);
    }
    if (auto const revoked = file.revoke(id, SystemClock().wall()); !revoked) {
        fail_command(revoked.error());
    }
    std::cout << fmt::format("{:08x} is revoked; a running server knows within 5 s\n", id);
}

CLI::App& add_action(CLI::App& command, char const* name, char const* help) {
    return *command.add_subcommand(name, help);
}

}  // namespace

void register_apikey(CLI::App& app) {
    auto* const command =
        app.add_subcommand("apikey", "Keys of the server-side API: create, list, revoke");
    command->require_subcommand(1);

    auto& creation = add_action(*command, "create", "Make a key and print it, once");
    auto const creation_flags = ConfigFlags::add_to(creation, "data_dir");
    auto const name = std::make_shared<std::string>("backend");
    auto const scopes =
        std::make_shared<std::string>("directory,conversations,messages,presence,access,webhooks");
    creation.add_option("--name", *name, "what it is for")->capture_default_str();
    creation.add_option("--scopes", *scopes, "what it may do; `all` adds privacy")
        ->capture_default_str();
    creation.callback(
        [creation_flags, name, scopes] { create(key_file(*creation_flags), *name, *scopes); });

    auto& listing = add_action(*command, "list", "Show the keys, without their secrets");
    auto const listing_flags = ConfigFlags::add_to(listing, "data_dir");
    listing.callback([listing_flags] { list(key_file(*listing_flags)); });

    auto& revocation = add_action(*command, "revoke", "End a key");
    auto const revocation_flags = ConfigFlags::add_to(revocation, "data_dir");
    auto const id = std::make_shared<std::string>();
    revocation.add_option("id", *id, "the id that `list` shows")->required();
    revocation.callback([revocation_flags, id] { revoke(key_file(*revocation_flags), *id); });
}

}  // namespace sewa::cli
