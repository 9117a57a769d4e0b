#include "auth/jwks.h"

#include <gtest/gtest.h>

#include "auth/issuer_for_test.h"

namespace sewa::auth {
namespace {

constexpr AlgorithmSet kAll = {Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa};

std::string set_of(std::string const& keys) {
    return R"({"keys":[)" + keys + "]}";
}

std::string message(std::string const& jwks, AlgorithmSet allowed) {
    auto const keys = parse_jwks(jwks, allowed);
    return keys ? "accepted" : keys.error().message;
}

TEST(Jwks, reads_every_kind_and_leaves_foreign_keys_out) {
    auto const rsa = IssuerForTest::rsa();
    auto const keys = parse_jwks(
        set_of(rsa.kid_jwk("r") + "," + IssuerForTest::p256().kid_jwk("e") + "," +
               IssuerForTest::ed25519().kid_jwk("o") + "," + rsa.jwk(R"("use":"enc","kid":"x1",)") +
               "," + rsa.jwk(R"("alg":"RS512","kid":"x2",)") + "," +
               rsa.jwk(R"("key_ops":["encrypt"],"kid":"x3",)") + "," +
               R"({"kty":"EC","crv":"P-521","x":"AA","y":"AA"},{"kty":"AKP"})"),
        kAll);

    ASSERT_TRUE(keys) << keys.error().message;
    EXPECT_EQ(keys->size(), 3u);
    EXPECT_NE(keys->find(Algorithm::kRs256, "r"), nullptr);
    EXPECT_NE(keys->find(Algorithm::kEs256, "e"), nullptr);
    EXPECT_NE(keys->find(Algorithm::kEdDsa, "o"), nullptr);
    EXPECT_EQ(keys->find(Algorithm::kEs256, "r"), nullptr);
}

TEST(Jwks, says_what_is_wrong_and_where) {
    auto const good = IssuerForTest::ed25519().kid_jwk("a");
    for (auto const& [jwks, expected] : std::vector<std::pair<std::string, std::string>>{
             {"", "no JSON object with an array \"keys\""},
             {R"({"keys":{}})", "no JSON object with an array \"keys\""},
             {set_of(""), "no key for the configured algorithms"},
             {set_of("7"), "keys[0]: no JSON object"},
             {set_of("{}"), "keys[0]: \"kty\" is missing"},
             {set_of(good + "," + good), "keys[1]: two keys have the kid \"a\""},
             {set_of(R"({"kty":"oct","k":"AAAA"})"),
              "keys[0]: a secret (oct) among public keys, and HS256 is not configured"},
             {set_of(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"})"),
              "keys[0]: it contains a private key; publish the public half only"},
             {set_of(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})"), "keys[0]: broken Ed25519 key"},
             {set_of(R"({"kty":"OKP","crv":"Ed25519","x":"A==="})"),
              "keys[0]: \"x\" is no base64url"},
             {set_of(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"),
              "keys[0]: broken P-256 key"},
             {set_of(R"({"kty":"OKP","crv":"Ed25519","x":"AA","x":"AA"})"),
              "keys[0]: a name occurs twice"},
             {set_of(R"({"kty":"OKP","crv":"Ed25519"})"), "keys[0]: \"x\" is no base64url"},
             {set_of(R"({"kty":"OKP","crv":"Ed25519","x":""})"), "keys[0]: \"x\" is no base64url"},
             {set_of(R"({"kty":"OKP","crv":"X25519","x":"AAAA"})"),
              "no key for the configured algorithms"},
             {set_of(R"({"kty":"EC","crv":"P-256","x":")" + std::string(43, 'A') +
                     R"(","y":"AA"})"),
              "keys[0]: broken P-256 key"},
             {set_of(R"({"kty":"RSA","e":"AQAB","n":")" + std::string(1'400, '_') + "\"}"),
              "keys[0]: an RSA key must have 2048 to 8192 bits"},
             {set_of(IssuerForTest::rsa(1024).jwk()),
              "keys[0]: an RSA key must have 2048 to 8192 bits"},
         }) {
        EXPECT_EQ(message(jwks, kAll), expected) << jwks;
    }
}

TEST(Jwks, a_member_of_another_type_is_named) {
    auto const curve_key = R"({"kty":"EC","crv":"P-256",)", ed_key = R"({"kty":"OKP",)";
    auto const x = R"("x":")" + std::string(43, 'A') + '"';
    for (auto const& [jwk, member] : std::vector<std::pair<std::string, std::string>>{
             {R"({"kty":1})", "kty"},
             {R"({"kty":"EC","crv":1})", "crv"},
             {R"({"kty":"EC","use":1})", "use"},
             {R"({"kty":"EC","alg":1})", "alg"},
             {R"({"kty":"RSA","n":1})", "n"},
             {R"({"kty":"RSA","n":"AAAA","e":1})", "e"},
             {curve_key + x + R"(,"y":1})", "y"},
             {ed_key + (R"("crv":"Ed25519","kid":1,)" + x) + "}", "kid"},
         }) {
        EXPECT_EQ(message(set_of(jwk), kAll), "keys[0]: \"" + member + "\" is no string") << jwk;
    }
    EXPECT_EQ(message(set_of(R"({"kty":"oct","k":1})"), {Algorithm::kHs256}),
              "keys[0]: \"k\" is no string");
}

TEST(Jwks, refuses_points_off_the_curve_and_exponents_anyone_can_sign_with) {
    auto const off_curve = base64url_encode(std::string(32, '\x01'));
    EXPECT_EQ(message(set_of(R"({"kty":"EC","crv":"P-256","x":")" + off_curve + R"(","y":")" +
                             off_curve + "\"}"),
                      kAll),
              "keys[0]: broken P-256 key");

    auto jwk = IssuerForTest::rsa().jwk();
    jwk.replace(jwk.find("AQAB"), 4, "AQ");
    EXPECT_EQ(message(set_of(jwk), kAll), "keys[0]: broken RSA key");
}

TEST(Jwks, takes_a_secret_only_for_hs256_and_only_a_strong_one) {
    auto oct = [](std::string_view secret) {
        return set_of(R"({"kty":"oct","kid":"s","k":")" + base64url_encode(secret) + "\"}");
    };
    EXPECT_EQ(message(oct("Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG"), {Algorithm::kHs256}), "accepted");
    EXPECT_TRUE(message(oct("secret"), {Algorithm::kHs256}).starts_with("keys[0]: is shorter"));
}

TEST(Jwks, has_limits) {
    std::string many = IssuerForTest::ed25519().jwk();
    for (std::size_t i = 0; i < kKeysMax; ++i) many += "," + IssuerForTest::ed25519().jwk();
    EXPECT_EQ(message(set_of(many), kAll), "keys[64]: more than 64 keys");
    EXPECT_EQ(message(std::string(kJwksBytesMax + 1, ' '), kAll), "a key set has at most 256 KiB");
}

TEST(Jwks, a_key_says_what_it_is_for) {
    auto const key = IssuerForTest::ed25519();
    auto const judged = [&](std::string const& members) {
        return message(set_of(key.jwk(members + ",")), {Algorithm::kEdDsa});
    };
    for (auto const* good : {R"("use":"sig")", R"("key_ops":["verify"])", R"("alg":"EdDSA")",
                             R"("key_ops":[1,"sign","verify"])", R"("key_ops":"verify")"}) {
        EXPECT_EQ(judged(good), "accepted") << good;
    }
    for (auto const* foreign : {R"("use":"enc")", R"("key_ops":["sign"])", R"("key_ops":[])",
                                R"("key_ops":[1])", R"("alg":"RS256")"}) {
        EXPECT_EQ(judged(foreign), "no key for the configured algorithms") << foreign;
    }
    EXPECT_EQ(message(set_of(key.jwk()), {Algorithm::kRs256}),
              "no key for the configured algorithms");
}

TEST(Jwks, an_unknown_kid_is_nobody_when_there_are_several_keys) {
    auto const a = IssuerForTest::ed25519().kid_jwk("a"), b = IssuerForTest::ed25519().kid_jwk("b");
    auto const keys = parse_jwks(set_of(a + "," + b), {Algorithm::kEdDsa}).value();
    EXPECT_NE(keys.find(Algorithm::kEdDsa, "a"), nullptr);
    EXPECT_EQ(keys.find(Algorithm::kEdDsa, "c"), nullptr);
    EXPECT_EQ(keys.find(Algorithm::kRs256, "a"), nullptr);
}

}  // namespace
}  // namespace sewa::auth
