#include "auth/password.h"

#include <gtest/gtest.h>

namespace sewa::auth {
namespace {

TEST(Password, its_hash_is_salted_argon2id_and_matches_it_alone) {
    auto const hash = hash_password("correct horse");
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_NE(hash, hash_password("correct horse"));
    EXPECT_TRUE(password_matches(hash, "correct horse"));
    EXPECT_FALSE(password_matches(hash, "correct horsf"));
    EXPECT_FALSE(password_matches("", "correct horse"));
    EXPECT_FALSE(password_matches(hash_of_nobody(), "correct horse"));
}

}  // namespace
}  // namespace sewa::auth
