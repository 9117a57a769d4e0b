#include "auth/access_table.h"

#include <gtest/gtest.h>

namespace sewa::auth {
namespace {

Claims claims_of(std::int64_t user, std::int64_t issued_at_ms) {
    Claims claims;
    claims.user = UserId{user};
    claims.issued_at = WallMs{issued_at_ms};
    return claims;
}

TEST(AccessTable, a_token_of_the_revocation_or_before_counts_no_more) {
    AccessTable table;
    EXPECT_TRUE(table.check(claims_of(7, 0)));
    table.set(UserId{7}, {false, 100});
    EXPECT_EQ(table.check(claims_of(7, 99'000)).error().code, Errc::kUnauthorized);
    EXPECT_EQ(table.check(claims_of(7, 100'999)).error().code, Errc::kUnauthorized);
    EXPECT_EQ(table.check(claims_of(7, 0)).error().code, Errc::kUnauthorized);
    EXPECT_TRUE(table.check(claims_of(7, 101'000)));
    EXPECT_TRUE(table.check(claims_of(8, 99'000)));
}

TEST(AccessTable, a_ban_lasts_until_it_is_lifted) {
    AccessTable table;
    table.set(UserId{7}, {true, 100});
    EXPECT_EQ(table.check(claims_of(7, 999'000)).error().code, Errc::kForbidden);
    table.set(UserId{7}, {false, 200});
    EXPECT_TRUE(table.check(claims_of(7, 999'000)));
    EXPECT_FALSE(table.check(claims_of(7, 150'000)));
    EXPECT_EQ(table.size(), 1u);
}

}  // namespace
}  // namespace sewa::auth
