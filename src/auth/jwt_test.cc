#include "auth/jwt.h"

#include <gtest/gtest.h>

#include "auth/issuer_for_test.h"
#include "auth/jwks.h"

namespace sewa::auth {
namespace {

constexpr std::string_view kSecret = "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG";
constexpr std::string_view kOtherSecret = "aG0sD6jE4uH8yC2rM5nB7tX1lW9qV3kZ";
constexpr std::string_view kHs256Header = R"({"alg":"HS256","typ":"JWT"})";
constexpr WallMs kNow{1'750'000'000'000};
constexpr std::string_view kGoodPayload = R"({"user_id":7,"exp":1750003600})";

std::string hs256(std::string_view header, std::string_view payload,
                  std::string_view secret = kSecret) {
    auto const text = base64url_encode(header) + "." + base64url_encode(payload);
    return text + "." + base64url_encode(hmac_sha256(secret, text));
}

std::string hs256(std::string_view payload) {
    return hs256(kHs256Header, payload);
}

Verifier with_secret(TokenRules rules = {.algorithms = {Algorithm::kHs256}}) {
    Keys keys;
    EXPECT_TRUE(keys.add({Algorithm::kHs256, {}, std::string(kSecret), {}}));
    return Verifier(std::move(rules), KeyStore::fixed(std::move(keys)));
}

Verifier with_keys(std::string_view jwks, AlgorithmSet algorithms) {
    auto keys = parse_jwks(jwks, algorithms);
    EXPECT_TRUE(keys) << keys.error().message;
    return Verifier({.algorithms = algorithms}, KeyStore::fixed(*std::move(keys)));
}

Errc refusal(Verifier const& verifier, std::string_view token) {
    auto const claims = verifier.verify(token, kNow);
    EXPECT_FALSE(claims) << token;
    return claims ? Errc::kInternal : claims.error().code;
}

TEST(Jwt, C_11_reads_user_times_and_profile) {
    auto const claims =
        with_secret().verify(hs256(R"({"user_id":"9007199254740991","exp":1750003600.5,
            "iat":1750000000,"nbf":1749999999,"token_type":"access","name":"Asha Rai",
            "first_name":"Asha","last_name":"Rai","avatar":"https://x.test/a.png",
            "role":"provider","unknown":{"a":[1]}})"),
                             kNow);

    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->user, UserId{kIdMax});
    EXPECT_EQ(claims->expires_at, WallMs{1'750'003'600'500});
    EXPECT_EQ(claims->name, "Asha Rai");
    EXPECT_EQ(claims->first_name, "Asha");
    EXPECT_EQ(claims->last_name, "Rai");
    EXPECT_EQ(claims->avatar, "https://x.test/a.png");
    EXPECT_EQ(claims->role, Role::kProvider);
}

TEST(Jwt, verifies_the_example_of_rfc_7515_appendix_a_1_up_to_its_claims) {
    // The key and token of the RFC: an independent check of the HMAC path. It has no user.
    auto const secret = base64url_decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
    Keys keys;
    ASSERT_TRUE(keys.add({Algorithm::kHs256, {}, *secret, {}}));
    Verifier const verifier({.algorithms = {Algorithm::kHs256}, .user_claim = "iss"},
                            KeyStore::fixed(std::move(keys)));

    auto const claims = verifier.verify(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
        "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        kNow);

    EXPECT_EQ(claims.error().message, "claim \"iss\" is no positive integer");
}

TEST(Jwt, what_it_signs_it_verifies) {
    Claims claims{UserId{42}, kNow + 3'600'000, "A \"quoted\"\n\\ name", {}, {}, "/a.png", {}};
    claims.role = Role::kStaff;

    auto const token = sign_hs256(claims, {.secret = kSecret, .issued_at = kNow, .issuer = "sewa"});
    auto const read =
        with_secret({.algorithms = {Algorithm::kHs256}, .issuer = "sewa"}).verify(token, kNow);

    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->user, claims.user);
    EXPECT_EQ(read->expires_at, claims.expires_at);
    EXPECT_EQ(read->name, claims.name);
    EXPECT_EQ(read->avatar, claims.avatar);
    EXPECT_EQ(read->role, Role::kStaff);
}

TEST(Jwt, C_11_refuses_bad_claims) {
    auto const verifier = with_secret();
    for (auto const* payload : {
             R"({"exp":1750003600})",
             R"({"user_id":0,"exp":1750003600})",
             R"({"user_id":-7,"exp":1750003600})",
             R"({"user_id":7.0,"exp":1750003600})",
             R"({"user_id":true,"exp":1750003600})",
             R"({"user_id":null,"exp":1750003600})",
             R"({"user_id":[7],"exp":1750003600})",
             R"({"user_id":"","exp":1750003600})",
             R"({"user_id":"07","exp":1750003600})",
             R"({"user_id":"+7","exp":1750003600})",
             R"({"user_id":" 7","exp":1750003600})",
             R"({"user_id":"7 ","exp":1750003600})",
             R"({"user_id":"0x7","exp":1750003600})",
             R"({"user_id":9007199254740992,"exp":1750003600})",
             R"({"user_id":"9007199254740992","exp":1750003600})",
             R"({"user_id":99999999999999999999,"exp":1750003600})",
             R"({"user_id":7})",
             R"({"user_id":7,"exp":"1750003600"})",
             R"({"user_id":7,"exp":null})",
             R"({"user_id":7,"exp":-1})",
             R"({"user_id":7,"exp":1e300})",
             R"({"user_id":7,"exp":1750003600,"nbf":1750000006})",
             R"({"user_id":7,"exp":1750003600,"nbf":"soon"})",
             R"({"user_id":7,"exp":1750003600,"iat":1750000006})",
             R"({"user_id":7,"exp":1750003600,"token_type":"refresh"})",
             R"({"user_id":7,"exp":1750003600,"token_type":1})",
             R"({"user_id":7,"exp":1750003600,"avatar":"javascript:void 0"})",
             R"({"user_id":7,"exp":1750003600,"avatar":"//evil.test/a.png"})",
             R"({"user_id":7,"exp":1750003600,"iat":"now"})",
             R"({"user_id":7,"exp":1750003600,"name":7})",
             R"({"user_id":7,"exp":1750003600,"first_name":7})",
             R"({"user_id":7,"exp":1750003600,"last_name":["Rai"]})",
             R"({"user_id":7,"exp":1750003600,"avatar":{}})",
             R"({"user_id":7,"exp":1750003600,"role":1})",
             // Two of one name, also when one is written with an escape.
             R"({"user_id":7,"user_id":8,"exp":1750003600})",
             R"({"user_id":7,"user\u005fid":8,"exp":1750003600})",
             R"({"user_id":7,"exp":1750003600,"exp":1750003601})",
             R"([7])",
             R"("7")",
             R"({"user_id":7,"exp":1750003600)",
             R"({"user_id":7,"exp":1750003600}{})",
             "{\"user_id\":7,\"exp\":1750003600,\"name\":\"\xff\"}",
             R"({"user_id":7,"exp":1750003600,"deep":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]})",
         }) {
        EXPECT_EQ(refusal(verifier, hs256(payload)), Errc::kUnauthorized) << payload;
    }
}

TEST(Jwt, expired_is_said_only_of_a_token_that_was_good) {
    auto const verifier = with_secret();

    EXPECT_TRUE(verifier.verify(hs256(R"({"user_id":7,"exp":1749999996})"), kNow));
    EXPECT_EQ(refusal(verifier, hs256(R"({"user_id":7,"exp":1749999995})")), Errc::kTokenExpired);
    EXPECT_EQ(refusal(verifier, hs256(R"({"user_id":0,"exp":1749999995})")), Errc::kUnauthorized);
    EXPECT_EQ(refusal(verifier, hs256(kHs256Header, R"({"user_id":7,"exp":1})", kOtherSecret)),
              Errc::kUnauthorized);
}

TEST(Jwt, leeway_forgives_a_clock_that_is_ahead) {
    auto const token = hs256(R"({"user_id":7,"exp":1750003600,"iat":1750000060,"nbf":1750000060})");

    EXPECT_EQ(refusal(with_secret(), token), Errc::kUnauthorized);
    EXPECT_TRUE(
        with_secret({.algorithms = {Algorithm::kHs256}, .leeway_s = 60}).verify(token, kNow));
}

TEST(Jwt, profile_texts_have_limits) {
    auto const verifier = with_secret();
    auto payload = [](std::size_t length) {
        return R"({"user_id":7,"exp":1750003600,"name":")" + std::string(length, 'n') + "\"}";
    };
    EXPECT_TRUE(verifier.verify(hs256(payload(kNameBytesMax)), kNow));
    EXPECT_EQ(refusal(verifier, hs256(payload(kNameBytesMax + 1))), Errc::kUnauthorized);
}

TEST(Jwt, an_unknown_role_gives_no_role) {
    auto const claims =
        with_secret().verify(hs256(R"({"user_id":7,"exp":1750003600,"role":"admin"})"), kNow);
    ASSERT_TRUE(claims);
    EXPECT_FALSE(claims->role);
}

TEST(Jwt, issuer_and_audience_count_when_configured) {
    auto const verifier = with_secret(
        {.algorithms = {Algorithm::kHs256}, .issuer = "sewabazaar", .audience = "messaging"});
    auto token = [](std::string_view more) {
        return hs256(R"({"user_id":7,"exp":1750003600)" + std::string(more) + "}");
    };

    EXPECT_TRUE(verifier.verify(token(R"(,"iss":"sewabazaar","aud":"messaging")"), kNow));
    EXPECT_TRUE(verifier.verify(token(R"(,"iss":"sewabazaar","aud":["a","messaging"])"), kNow));
    for (auto const* more : {
             "",
             R"(,"aud":"messaging")",
             R"(,"iss":"evil","aud":"messaging")",
             R"(,"iss":["sewabazaar"],"aud":"messaging")",
             R"(,"iss":"sewabazaar")",
             R"(,"iss":"sewabazaar","aud":"Messaging")",
             R"(,"iss":"sewabazaar","aud":[])",
             R"(,"iss":"sewabazaar","aud":["messagin"])",
             R"(,"iss":"sewabazaar","aud":{"messaging":1})",
         }) {
        EXPECT_EQ(refusal(verifier, token(more)), Errc::kUnauthorized) << more;
    }
}

TEST(Jwt, the_user_claim_is_configurable) {
    auto const verifier = with_secret({.algorithms = {Algorithm::kHs256}, .user_claim = "sub"});
    auto const claims = verifier.verify(hs256(R"({"sub":"7","user_id":8,"exp":1750003600})"), kNow);
    ASSERT_TRUE(claims);
    EXPECT_EQ(claims->user, UserId{7});
}

TEST(Jwt, refuses_headers_that_ask_for_something_else) {
    auto const verifier = with_secret();
    for (auto const* header : {
             R"({})",
             R"({"alg":"none"})",
             R"({"alg":"None"})",
             R"({"alg":""})",
             R"({"alg":"hs256"})",
             R"({"alg":"HS512"})",
             R"({"alg":"RS256"})",
             R"({"alg":null})",
             R"({"alg":["HS256"]})",
             R"({"alg":"none","alg":"HS256"})",
             R"({"alg":"HS256","crit":["exp"]})",
             R"({"alg":"HS256","b64":false,"crit":["b64"]})",
             R"({"alg":"HS256","typ":"logout+jwt"})",
             R"({"alg":"HS256","typ":7})",
             R"({"alg":"HS256","kid":7})",
             R"("HS256")",
             "",
         }) {
        EXPECT_EQ(refusal(verifier, hs256(header, kGoodPayload)), Errc::kUnauthorized) << header;
    }
    // What the token says about keys is never used to find one.
    EXPECT_TRUE(verifier.verify(
        hs256(R"({"alg":"HS256","typ":"at+jwt","kid":"../../dev/null","jwk":{"k":"AA"}})",
              kGoodPayload),
        kNow));
}

TEST(Jwt, a_key_alone_does_not_allow_its_algorithm) {
    auto const signer = IssuerForTest::ed25519();
    auto keys = parse_jwks(R"({"keys":[)" + signer.jwk() + "]}", {Algorithm::kEdDsa}).value();
    ASSERT_TRUE(keys.add({Algorithm::kHs256, {}, std::string(kSecret), {}}));
    Verifier const verifier({.algorithms = {Algorithm::kEdDsa}}, KeyStore::fixed(std::move(keys)));

    EXPECT_TRUE(verifier.verify(signer.token(R"({"alg":"EdDSA"})", kGoodPayload), kNow));
    EXPECT_EQ(refusal(verifier, hs256(kGoodPayload)), Errc::kUnauthorized);
}

TEST(Jwt, refuses_what_is_no_token) {
    auto const verifier = with_secret();
    auto const good = hs256(kGoodPayload);
    ASSERT_TRUE(verifier.verify(good, kNow));
    auto const signature_at = good.rfind('.') + 1;
    auto const unsigned_text =
        base64url_encode(R"({"alg":"none"})") + "." + base64url_encode(kGoodPayload) + ".";

    for (auto const& token : {
             std::string(),
             std::string("."),
             std::string(".."),
             std::string("..."),
             good.substr(0, signature_at),
             good.substr(0, signature_at - 1),
             good.substr(0, good.size() - 2),
             good + "A",
             good + "=",
             good + " ",
             " " + good,
             good + ".",
             "Bearer " + good,
             good.substr(1),
             unsigned_text,
             hs256(kHs256Header, kGoodPayload, kOtherSecret),
             hs256(kHs256Header, kGoodPayload, ""),
             std::string(kTokenBytesMax, '.'),
             good + std::string(kTokenBytesMax, 'A'),
         }) {
        EXPECT_EQ(refusal(verifier, token), Errc::kUnauthorized) << token;
    }
}

TEST(Jwt, every_changed_character_is_noticed) {
    auto const verifier = with_secret();
    auto const good = hs256(kGoodPayload);
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto changed = good;
        changed[i] = good[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(refusal(verifier, changed), Errc::kUnauthorized) << i;
    }
}

TEST(Jwt, a_token_of_the_largest_size_passes_and_one_byte_more_does_not) {
    auto const verifier = with_secret();
    auto of_padding = [](std::size_t padding) {
        return hs256(R"({"user_id":7,"exp":1750003600,"p":")" + std::string(padding, 'p') + "\"}");
    };
    std::size_t padding = 6000;
    while (of_padding(padding + 1).size() <= kTokenBytesMax) ++padding;

    EXPECT_TRUE(verifier.verify(of_padding(padding), kNow));
    EXPECT_EQ(refusal(verifier, of_padding(padding + 1)), Errc::kUnauthorized);
}

TEST(Jwt, messages_never_quote_the_token) {
    auto const token = hs256(kHs256Header, R"({"user_id":7,"exp":1,"name":"zebra"})", kOtherSecret);
    auto const claims = with_secret().verify(token, kNow);
    ASSERT_FALSE(claims);
    EXPECT_EQ(claims.error().message.find(token.substr(0, 10)), std::string::npos);
    EXPECT_EQ(claims.error().message.find("zebra"), std::string::npos);
}

class PublicKeyJwt : public testing::TestWithParam<Algorithm> {
protected:
    static IssuerForTest issuer() {
        if (GetParam() == Algorithm::kRs256) return IssuerForTest::rsa();
        return GetParam() == Algorithm::kEs256 ? IssuerForTest::p256() : IssuerForTest::ed25519();
    }
};

TEST_P(PublicKeyJwt, verifies_what_openssl_signed_and_nothing_else) {
    auto const signer = issuer();
    auto const stranger = issuer();
    auto const verifier = with_keys(R"({"keys":[)" + signer.kid_jwk("a") + "]}", {GetParam()});
    auto const token = signer.token(signer.header("a"), kGoodPayload);

    auto const claims = verifier.verify(token, kNow);

    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->user, UserId{7});
    EXPECT_EQ(refusal(verifier, stranger.token(signer.header("a"), kGoodPayload)),
              Errc::kUnauthorized);
    EXPECT_EQ(refusal(verifier, signer.token(signer.header("b"), kGoodPayload)),
              Errc::kUnauthorized);
    auto const signature_at = token.rfind('.') + 1;
    for (std::size_t length = signature_at; length < token.size(); ++length) {
        EXPECT_EQ(refusal(verifier, token.substr(0, length)), Errc::kUnauthorized) << length;
    }
    EXPECT_EQ(refusal(verifier, token.substr(0, signature_at) + std::string(86, 'A')),
              Errc::kUnauthorized);
    EXPECT_EQ(refusal(verifier, token + "AAAA"), Errc::kUnauthorized);
}

TEST_P(PublicKeyJwt, a_public_key_never_serves_as_a_secret) {
    auto const signer = issuer();
    AlgorithmSet const both = {GetParam(), Algorithm::kHs256};
    auto const jwks = R"({"keys":[)" + signer.jwk() + "]}";
    auto const verifier = with_keys(jwks, both);

    for (auto const& secret : {signer.raw(), signer.jwk(), jwks, std::string()}) {
        EXPECT_EQ(refusal(verifier, hs256(kHs256Header, kGoodPayload, secret)),
                  Errc::kUnauthorized);
    }
}

TEST_P(PublicKeyJwt, without_a_kid_the_only_key_of_the_algorithm_counts) {
    auto const first = issuer();
    auto const second = issuer();
    auto const header = R"({"alg":")" + std::string(name(GetParam())) + "\"}";
    auto const one = with_keys(R"({"keys":[)" + first.kid_jwk("a") + "]}", {GetParam()});
    auto const two = with_keys(
        R"({"keys":[)" + first.kid_jwk("a") + "," + second.kid_jwk("b") + "]}", {GetParam()});

    EXPECT_TRUE(one.verify(first.token(header, kGoodPayload), kNow));
    EXPECT_EQ(refusal(two, first.token(header, kGoodPayload)), Errc::kUnauthorized);
    EXPECT_EQ(refusal(two, second.token(header, kGoodPayload)), Errc::kUnauthorized);
    EXPECT_TRUE(two.verify(second.token(second.header("b"), kGoodPayload), kNow));
    EXPECT_EQ(refusal(two, second.token(second.header("a"), kGoodPayload)), Errc::kUnauthorized);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, PublicKeyJwt,
                         testing::Values(Algorithm::kRs256, Algorithm::kEs256, Algorithm::kEdDsa),
                         [](auto const& test) { return std::string(name(test.param)); });

TEST(Jwt, extensions_that_must_be_understood_are_refused) {
    auto const verifier = with_secret();
    for (auto const* header :
         {R"({"alg":"HS256","crit":["exp"]})", R"({"alg":"HS256","b64":false})"}) {
        EXPECT_EQ(refusal(verifier, hs256(header, kGoodPayload)), Errc::kUnauthorized) << header;
    }
}

TEST(Jwt, claims_that_are_null_are_absent) {
    auto const claims = with_secret().verify(
        hs256(R"({"user_id":7,"exp":1750003600,"name":null,"avatar":null})"), kNow);
    ASSERT_TRUE(claims) << claims.error().message;
    EXPECT_EQ(claims->name, "");
}

TEST(Jwt, pictures_come_from_web_addresses) {
    for (auto const* good : {"", "https://a.test/x", "http://a.test/x", "/media/x"}) {
        EXPECT_TRUE(is_web_address(good)) << good;
    }
    for (auto const* bad : {"//a.test/x", "javascript:alert(1)", "data:text/html,x", "x"}) {
        EXPECT_FALSE(is_web_address(bad)) << bad;
    }
}

TEST(Jwt, a_list_of_audiences_may_hold_anything) {
    auto const verifier = with_secret({.algorithms = {Algorithm::kHs256}, .audience = "chat"});
    auto const with = [&](std::string const& audience) {
        return verifier
            .verify(hs256(R"({"user_id":7,"exp":1750003600,"aud":)" + audience + "}"), kNow)
            .has_value();
    };
    EXPECT_TRUE(with(R"([7,null,"chat"])"));
    EXPECT_FALSE(with(R"([7,null])"));
    EXPECT_FALSE(with("7"));
}

TEST(Jwt, a_role_need_not_be_signed) {
    Claims claims;
    claims.user = UserId{7};
    claims.expires_at = kNow + 1'000;
    for (auto const role : {std::optional<Role>{}, std::optional{Role::kStaff}}) {
        claims.role = role;
        auto const token = sign_hs256(claims, {.secret = kSecret, .issued_at = kNow});
        EXPECT_EQ(with_secret().verify(token, kNow)->role, role);
    }
}

}  // namespace
}  // namespace sewa::auth
