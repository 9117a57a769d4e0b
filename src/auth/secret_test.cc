#include "auth/secret.h"

#include <gtest/gtest.h>

#include "auth/base64url.h"

namespace sewa::auth {
namespace {

TEST(Secret, accepts_random_ones) {
    for (auto const* secret : {
             "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG",
             "b7e23ec29af22b0b4e41da31e868d57226121c84bb8d5a1f6b2d5a0f9e3c7d18",
             "9f86d081884c7d659a2feaa0c55ad015",
             "q0Yt1n7m+V2H3zS9cU6b8K4pXwLrAeFgJdCiOoTsBhNvMyZuEkQxRaPjWlGfDtIn",
             "secret-Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG",
         }) {
        auto const checked = check_secret(secret);
        EXPECT_TRUE(checked) << secret << ": " << checked.error().message;
    }
}

TEST(Secret, refuses_what_can_be_guessed_and_says_how_to_make_a_good_one) {
    for (auto const& secret : {
             std::string(),
             std::string("secret"),
             std::string("changeme"),
             std::string("your-256-bit-secret"),
             std::string("a-string-secret-at-least-256-bits-long"),
             std::string("django-insecure-k3v9wl1xt7bn5mr2yc8uh4je6sd0ag@#zq!p"),
             std::string("changeme-changeme-changeme-changeme"),
             std::string("your-super-secret-password-changeme-now"),
             std::string(64, 'a'),
             std::string("0123456789abcdef0123456789abcdef"),
             std::string("abcdefghijklmnopqrstuvwxyz0123456789"),
             std::string("zyxwvutsrqponmlkjihgfedcba9876543210"),
             std::string("aabbaabbabababbabbaabbabaabbabab"),
             std::string("Zk3vQ9wL1xT7bN5mZk3vQ9wL1xT7bN5m"),
             std::string("amzqamqzmaqzazmqzamqamzaqzmzqamq"),
             std::string("Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0a"),
         }) {
        auto const checked = check_secret(secret);
        ASSERT_FALSE(checked) << secret;
        EXPECT_NE(checked.error().message.find("openssl rand -base64 48"), std::string::npos);
    }
}

TEST(Base64Url, has_one_spelling_for_each_byte_string) {
    for (auto const* text : {"", "AA", "AAA", "AAAA", "_-8", "Zm9vYmFy"}) {
        ASSERT_TRUE(base64url_decode(text)) << text;
        EXPECT_EQ(base64url_encode(*base64url_decode(text)), text);
    }
    for (auto const* text :
         {"A", "AAAAA", "AA==", "AAA=", "AB", "AAB", "A+", "A/", "A A", "AA\n"}) {
        EXPECT_FALSE(base64url_decode(text)) << text;
    }
}

}  // namespace
}  // namespace sewa::auth
