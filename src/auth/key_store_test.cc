#include "auth/key_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "auth/issuer_for_test.h"
#include "auth/jwt.h"

namespace sewa::auth {
namespace {

constexpr WallMs kNow{1'750'000'000'000};
constexpr std::string_view kPayload = R"({"user_id":7,"exp":1750003600})";
constexpr AlgorithmSet kEdDsaOnly = {Algorithm::kEdDsa};

class KeyStoreTest : public testing::Test {
protected:
    KeyStoreTest() {
        auto pattern = (std::filesystem::temp_directory_path() / "sewa_keys_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~KeyStoreTest() override { std::filesystem::remove_all(folder_); }

    // Replaced by a rename, as careful operators and configuration tools do.
    std::string write(std::string const& file, std::string_view text) {
        auto const path = folder_ / file;
        std::ofstream(folder_ / "next") << text;
        std::filesystem::rename(folder_ / "next", path);
        return path;
    }

    std::filesystem::path folder_;
};

TEST_F(KeyStoreTest, a_rotated_key_counts_without_a_restart) {
    auto const first = IssuerForTest::ed25519();
    auto const second = IssuerForTest::ed25519();
    auto const path = write("jwks.json", R"({"keys":[)" + first.kid_jwk("1") + "]}");
    auto const store = KeyStore::open({.jwks_file = path, .algorithms = kEdDsaOnly}).value();
    Verifier const verifier({.algorithms = kEdDsaOnly}, store);
    auto const old_token = first.token(first.header("1"), kPayload);
    auto const new_token = second.token(second.header("2"), kPayload);
    ASSERT_TRUE(verifier.verify(old_token, kNow));
    ASSERT_FALSE(verifier.verify(new_token, kNow));
    EXPECT_FALSE(store->reload_if_changed().value());

    write("jwks.json", R"({"keys":[)" + first.kid_jwk("1") + "," + second.kid_jwk("2") + "]}");
    EXPECT_TRUE(store->reload_if_changed().value());
    EXPECT_TRUE(verifier.verify(old_token, kNow));
    EXPECT_TRUE(verifier.verify(new_token, kNow));

    write("jwks.json", R"({"keys":[)" + second.kid_jwk("2") + "]}");
    EXPECT_TRUE(store->reload_if_changed().value());
    EXPECT_FALSE(verifier.verify(old_token, kNow));
    EXPECT_TRUE(verifier.verify(new_token, kNow));
}

TEST_F(KeyStoreTest, a_broken_file_keeps_the_old_keys_and_is_reported_once) {
    auto const issuer = IssuerForTest::ed25519();
    auto const path = write("jwks.json", R"({"keys":[)" + issuer.jwk() + "]}");
    auto const store = KeyStore::open({.jwks_file = path, .algorithms = kEdDsaOnly}).value();
    auto const before = store->current();

    write("jwks.json", R"({"keys":[)");
    EXPECT_FALSE(store->reload_if_changed());
    EXPECT_EQ(store->current(), before);
    EXPECT_FALSE(store->reload_if_changed().value());
    EXPECT_FALSE(store->reload());
    std::filesystem::remove(path);
    EXPECT_FALSE(store->reload_if_changed());
    EXPECT_EQ(store->current(), before);
}

TEST_F(KeyStoreTest, names_the_file_it_cannot_use) {
    auto const missing = (folder_ / "missing").string();
    auto open = [](KeyFiles files) { return KeyStore::open(std::move(files)).error().message; };

    EXPECT_EQ(open({.secret_file = missing}),
              "cannot read " + missing + ": No such file or directory");
    EXPECT_EQ(open({.secret_file = folder_}),
              "cannot read " + folder_.string() + ": it is no regular file");
    EXPECT_TRUE(open({}).starts_with("no key to verify tokens with"));
    auto const weak = write("weak", "changeme\n");
    EXPECT_EQ(
        open({.secret_file = weak}),
        "secret in " + weak + " is shorter than 32 bytes; make one with: openssl rand -base64 48");
    auto const huge = write("huge", std::string(5000, 'x'));
    EXPECT_EQ(open({.secret_file = huge}), "cannot read " + huge + ": it is too large");
}

TEST_F(KeyStoreTest, a_secret_beside_a_full_set_of_keys_is_one_too_many) {
    std::string all;
    for (std::size_t i = 0; i < kKeysMax; ++i) {
        all += (i == 0 ? "" : ",") + IssuerForTest::ed25519().kid_jwk(std::to_string(i));
    }
    auto const opened =
        KeyStore::open({.secret_file = write("secret", "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG"),
                        .jwks_file = write("jwks.json", R"({"keys":[)" + all + "]}"),
                        .algorithms = {Algorithm::kEdDsa, Algorithm::kHs256}});
    EXPECT_EQ(opened.error().message, "more than 64 keys");
}

TEST_F(KeyStoreTest, the_line_break_behind_a_secret_is_no_part_of_it) {
    auto const path = write("secret", "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG\r\n");
    auto const store = KeyStore::open({.secret_file = path}).value();
    EXPECT_EQ(store->current()->find(Algorithm::kHs256, {})->secret,
              "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG");
}

TEST_F(KeyStoreTest, reloads_while_other_threads_verify) {
    auto const issuer = IssuerForTest::ed25519();
    auto const path = write("jwks.json", R"({"keys":[)" + issuer.jwk() + "]}");
    auto const store = KeyStore::open({.jwks_file = path, .algorithms = kEdDsaOnly}).value();
    Verifier const verifier({.algorithms = kEdDsaOnly}, store);
    auto const token = issuer.token(R"({"alg":"EdDSA"})", kPayload);

    int good = 0;
    std::thread reader([&] {
        for (int i = 0; i < 200; ++i) good += verifier.verify(token, kNow) ? 1 : 0;
    });
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(store->reload());
    reader.join();
    EXPECT_EQ(good, 200);
}

TEST_F(KeyStoreTest, a_file_of_line_breaks_is_no_secret) {
    auto const path = write("secret", "\r\n\n");
    EXPECT_FALSE(KeyStore::open({.secret_file = path, .algorithms = {Algorithm::kHs256}}));
}

TEST_F(KeyStoreTest, fixed_keys_stay_as_they_are) {
    Keys keys;
    ASSERT_TRUE(keys.add({Algorithm::kHs256, {}, "Zk3vQ9wL1xT7bN5mR2yC8uH4jE6sD0aG", {}}));
    auto const store = KeyStore::fixed(std::move(keys));
    EXPECT_TRUE(store->reload());
    EXPECT_NE(store->current()->find(Algorithm::kHs256, std::nullopt), nullptr);
}

}  // namespace
}  // namespace sewa::auth
