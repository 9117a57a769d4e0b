// PROTOCOL C-11 and what `sewa serve` says when it cannot start.
#include <fmt/format.h>
#include <signal.h>

#include <filesystem>

#include "auth/issuer_for_test.h"
#include "auth/jwt.h"
#include "core/clock.h"
#include "server_fixture.h"

namespace sewa::e2e {
namespace {

using auth::IssuerForTest;

class Tokens : public ServerTest {
protected:
    // The arguments without demo mode and without its secret.
    std::vector<std::string> serve_with(std::vector<std::string> more) {
        std::vector<std::string> arguments{"serve",      "--listen",    "127.0.0.1:0",
                                           "--data",     data_folder(), "--metrics-listen",
                                           "127.0.0.1:0"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    static std::string payload(std::int64_t user, std::string_view more = {}) {
        auto const now = SystemClock().wall().value / 1000;
        return fmt::format(R"({{"user_id":{},"exp":{}{}}})", user, now + 600, more);
    }
    static std::string set_of(std::vector<std::string> const& keys) {
        return fmt::format(R"({{"keys":[{}]}})", fmt::join(keys, ","));
    }
    // What the server thinks of a token: the HTTP status of a request with it.
    int verdict(std::string const& token) {
        return http(port(), {.target = "/api/messaging/conversations/", .token = token}).status;
    }
    // The same over WebSocket: 0 for a session, otherwise the close code.
    int welcome(std::string const& token) {
        auto client = dial({.target = "/ws/messaging/?v=1&token=" + token});
        return client.expect("connection").is_valid() ? 0 : client.close_code();
    }
};

TEST_F(Tokens, C_11_RS256_ES256_and_EdDSA_by_a_key_set) {
    auto const rsa = IssuerForTest::rsa(), p256 = IssuerForTest::p256(),
               ed25519 = IssuerForTest::ed25519();
    auto const file = folder().write(
        "jwks.json", set_of({rsa.kid_jwk("r"), p256.kid_jwk("e"), ed25519.kid_jwk("d")}));
    start({"--jwks-file", file, "--set", "jwt.algorithms=HS256,RS256,ES256,EdDSA"});
    EXPECT_EQ(welcome(rsa.token(rsa.header("r"), payload(100))), 0);
    EXPECT_EQ(welcome(p256.token(p256.header("e"), payload(100))), 0);
    EXPECT_EQ(welcome(ed25519.token(ed25519.header("d"), payload(100))), 0);
    EXPECT_EQ(welcome(token(100)), 0) << "HS256 by the secret file";
    auto const stranger = IssuerForTest::p256();
    EXPECT_EQ(welcome(stranger.token(stranger.header("e"), payload(100))), 4001);
    EXPECT_EQ(welcome(rsa.token(rsa.header("e"), payload(100))), 4001) << "key of another kind";
}

TEST_F(Tokens, C_11_the_algorithm_is_fixed_by_configuration) {
    auto const rsa = IssuerForTest::rsa();
    auto const file = folder().write("jwks.json", set_of({rsa.kid_jwk("r")}));
    start_exactly(serve_with({"--jwks-file", file, "--set", "jwt.algorithms=RS256"}));
    EXPECT_EQ(verdict(rsa.token(rsa.header("r"), payload(100))), 200);
    EXPECT_EQ(verdict(token(100)), 401);
    EXPECT_EQ(verdict(rsa.token(R"({"alg":"none","kid":"r"})", payload(100))), 401);
    EXPECT_EQ(verdict(rsa.token(R"({"alg":"HS256","kid":"r"})", payload(100))), 401);
}

TEST_F(Tokens, C_11_keys_rotate_without_a_restart) {
    auto const old_key = IssuerForTest::ed25519(), fresh_key = IssuerForTest::ed25519();
    auto const before = old_key.token(old_key.header("a"), payload(100));
    auto const after = fresh_key.token(fresh_key.header("b"), payload(100));
    auto const file = folder().write("jwks.json", set_of({old_key.kid_jwk("a")}));
    start_exactly(serve_with({"--jwks-file", file, "--set", "jwt.algorithms=EdDSA"}));
    EXPECT_EQ(verdict(before), 200);
    EXPECT_EQ(verdict(after), 401);
    folder().write("jwks.json", set_of({old_key.kid_jwk("a"), fresh_key.kid_jwk("b")}));
    EXPECT_TRUE(eventually([&] { return verdict(after) == 200; })) << "noticed by itself";
    EXPECT_EQ(verdict(before), 200);
    folder().write("jwks.json", "{ half a fi");
    process().signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return log().find("key_reload_failed") != std::string::npos; }));
    EXPECT_EQ(verdict(after), 200) << "a broken file locks nobody out";
    folder().write("jwks.json", set_of({fresh_key.kid_jwk("b")}));
    process().signal(SIGHUP);
    EXPECT_TRUE(eventually([&] { return verdict(before) == 401; }));
    EXPECT_EQ(verdict(after), 200);
}

TEST_F(Tokens, C_11_claims_decide) {
    start({"--set", "jwt.issuer=shop", "--set", "jwt.audience=chat"});
    auto const key = std::string(kSecret);
    auto const signed_with = [&](std::string_view issuer, std::string_view audience,
                                 std::int64_t ttl_ms) {
        auth::Claims claims;
        claims.user = UserId{100};
        auto const now = SystemClock().wall();
        claims.expires_at = now + ttl_ms;
        return auth::sign_hs256(
            claims, {.secret = key, .issued_at = now, .issuer = issuer, .audience = audience});
    };
    EXPECT_EQ(verdict(signed_with("shop", "chat", 60'000)), 200);
    EXPECT_EQ(verdict(signed_with("other", "chat", 60'000)), 401);
    EXPECT_EQ(verdict(signed_with("shop", "other", 60'000)), 401);
    EXPECT_EQ(verdict(token(100)), 401) << "without iss and aud";
    auto const expired = http(port(), {.target = "/api/messaging/conversations/",
                                       .token = signed_with("shop", "chat", -60'000)});
    EXPECT_EQ(expired.status, 401);
    EXPECT_EQ(expired.json()["code"], "token_expired");
    EXPECT_EQ(welcome(signed_with("shop", "chat", -60'000)), 4001);
}

TEST_F(Tokens, a_weak_or_example_secret_is_refused_at_start_with_advice) {
    for (auto const* secret : {"tiny-one", "your-256-bit-secret-your-256-bit-secret",
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""}) {
        auto const file = folder().write("weak", secret);
        auto const refused = run(serve_with({"--jwt-secret-file", file}));
        EXPECT_NE(refused.code, 0) << secret;
        EXPECT_NE(refused.errors.find(file), std::string::npos) << refused.errors;
        EXPECT_NE(refused.errors.find("openssl rand"), std::string::npos) << refused.errors;
        if (*secret != '\0') {
            EXPECT_EQ(refused.errors.find(secret), std::string::npos) << "quoted";
        }
    }
}

TEST_F(Tokens, without_any_key_the_server_says_what_to_do) {
    auto const refused = run(serve_with({}));
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find("--jwt-secret-file"), std::string::npos) << refused.errors;
    EXPECT_NE(refused.errors.find("--demo"), std::string::npos);
}

TEST_F(Tokens, exit_codes_tell_usage_from_failure) {
    EXPECT_EQ(run({"serve", "--nonsense"}).code, 2);
    EXPECT_EQ(run(serve_with({"--set", "limits.frame_bytez=1"})).code, 2);
    EXPECT_EQ(run(serve_with({"--set", "limits.frame_bytes=-1"})).code, 2);
    EXPECT_EQ(run({"teleport"}).code, 2);
    EXPECT_EQ(
        run(serve_with({"--jwks-file", folder().file("absent"), "--set", "jwt.algorithms=RS256"}))
            .code,
        1);
    EXPECT_EQ(run({"--help"}).code, 0);
}

TEST_F(Tokens, a_port_in_use_is_refused_with_its_address) {
    start();
    auto const address = fmt::format("127.0.0.1:{}", port());
    auto const refused = run({"serve", "--demo", "--listen", address, "--data",
                              folder().file("other"), "--metrics-listen", ""});
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.errors.find(address), std::string::npos) << refused.errors;
    EXPECT_TRUE(connect(100).is_alive());
}

TEST_F(Tokens, demo_mode_is_refused_where_others_could_reach_it) {
    auto const refused = run({"serve", "--demo", "--listen", "0.0.0.0:0", "--data", data_folder()});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.errors.find("demo"), std::string::npos) << refused.errors;
}

TEST_F(Tokens, sewa_token_prints_what_the_server_accepts) {
    start();
    auto const made = run({"token", "--user", "100", "--jwt-secret-file", folder().file("secret")});
    ASSERT_EQ(made.code, 0) << made.errors;
    EXPECT_EQ(verdict(made.output.substr(0, made.output.find('\n'))), 200);
}

}  // namespace
}  // namespace sewa::e2e
