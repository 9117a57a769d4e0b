#include "webhook/endpoint.h"

#include <gtest/gtest.h>

#include "webhook/signature.h"

namespace sewa::webhook {
namespace {

TEST(WebhookEndpoint, addresses_are_taken_apart) {
    auto const plain = parse_endpoint("http://hooks.example").value();
    EXPECT_FALSE(plain.is_secure);
    EXPECT_EQ(plain.port, "80");
    EXPECT_EQ(plain.target, "/");
    EXPECT_EQ(plain.authority(), "hooks.example");
    auto const secure = parse_endpoint("https://hooks.example:8443/a/b?key=1").value();
    EXPECT_TRUE(secure.is_secure);
    EXPECT_EQ(secure.authority(), "hooks.example:8443");
    EXPECT_EQ(secure.target, "/a/b?key=1");
    EXPECT_EQ(secure.text(), "https://hooks.example:8443/a/b");
    auto const number = parse_endpoint("http://[::1]:81/x").value();
    EXPECT_EQ(number.host, "::1");
    EXPECT_EQ(number.authority(), "[::1]:81");
    EXPECT_EQ(parse_endpoint("https://h?x=1")->target, "/?x=1");
}

TEST(WebhookEndpoint, what_is_no_address_is_refused) {
    for (auto const* const text :
         {"", "hooks.example", "ftp://h/", "http://", "http:///x", "http://a:b@h/", "http://h:x/",
          "http://h:/", "http://[::1/", "http://[::1]x/", "http://h/#part", "http://h /",
          "http://h:123456/"}) {
        EXPECT_FALSE(parse_endpoint(text)) << text;
    }
}

TEST(WebhookSignature, W_2_it_is_the_hmac_of_time_and_body) {
    // printf '1750000000.{}' | openssl dgst -sha256 -hmac secret
    EXPECT_EQ(sign("secret", WallMs{1'750'000'000'999}, "{}"),
              "t=1750000000,v1=3fdabae93ac0fe8268882d2fd7845e468dd959a74561c9900a0af5b0a1bcc50a");
}

}  // namespace
}  // namespace sewa::webhook
