#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "auth/api_key_file.h"
#include "core/assert.h"

namespace sewa::auth {
namespace {

class ApiKeys : public testing::Test {
protected:
    void SetUp() override { SEWA_ASSERT(::mkdtemp(folder_.data()) != nullptr); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    MintedKey add(std::string name = "backend", std::string_view scopes = "directory,messages") {
        auto minted =
            mint_api_key(std::move(name), ScopeSet::parse(scopes).value(), random_, WallMs{1000});
        EXPECT_TRUE(file().add(minted.key));
        return minted;
    }
    ApiKeyFile file() const { return ApiKeyFile(folder_); }
    std::string bytes() const {
        std::ifstream in(folder_ + "/api-keys", std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::string folder_ = (std::filesystem::temp_directory_path() / "sewa-keys-XXXXXX").string();
    SeededRandom random_{7};
};

TEST_F(ApiKeys, a_key_is_found_by_its_whole_text_only) {
    auto const minted = add();
    auto const other = add("other", "presence");
    auto const keys = file().read().value();
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_EQ(find_api_key(keys, minted.text)->name, "backend");
    EXPECT_EQ(find_api_key(keys, other.text)->scopes.text(), "presence");
    for (std::size_t i = 0; i < minted.text.size(); ++i) {
        auto wrong = minted.text;
        wrong[i] = wrong[i] == '0' ? '1' : '0';
        EXPECT_EQ(find_api_key(keys, wrong), nullptr) << i;
    }
    EXPECT_EQ(find_api_key(keys, minted.text + "0"), nullptr);
    EXPECT_EQ(find_api_key(keys, ""), nullptr);
    EXPECT_EQ(find_api_key(keys, other.text.substr(0, 14) + minted.text.substr(14)), nullptr);
}

TEST_F(ApiKeys, what_cannot_be_read_is_no_empty_list) {
    std::filesystem::create_directory(folder_ + "/api-keys");
    EXPECT_NE(file().read().error().message.find("no regular file"), std::string::npos);
}

TEST_F(ApiKeys, the_file_holds_no_key) {
    auto const minted = add();
    EXPECT_EQ(bytes().find(minted.text.substr(14)), std::string::npos);
    EXPECT_EQ(std::filesystem::status(folder_ + "/api-keys").permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ApiKeys, a_revoked_key_is_no_key_and_stays_revoked) {
    auto const minted = add();
    EXPECT_EQ(file().revoke(minted.key.id, WallMs{2000})->revoked_at.value, 2000);
    EXPECT_EQ(file().revoke(minted.key.id, WallMs{3000})->revoked_at.value, 2000);
    EXPECT_EQ(find_api_key(file().read().value(), minted.text), nullptr);
    EXPECT_EQ(file().revoke(minted.key.id + 1, WallMs{1}).error().code, Errc::kNotFound);
}

TEST_F(ApiKeys, a_running_store_notices_a_change) {
    ApiKeyStore store(file());
    ASSERT_TRUE(store.load());
    EXPECT_TRUE(store.current()->empty());
    EXPECT_FALSE(store.reload_if_changed().value());
    auto const minted = add();
    EXPECT_TRUE(store.reload_if_changed().value());
    EXPECT_NE(find_api_key(*store.current(), minted.text), nullptr);
    ASSERT_TRUE(file().revoke(minted.key.id, WallMs{2000}));
    EXPECT_TRUE(store.reload_if_changed().value());
    EXPECT_EQ(find_api_key(*store.current(), minted.text), nullptr);
}

TEST_F(ApiKeys, a_damaged_file_keeps_the_keys_of_before_and_names_the_line) {
    auto const minted = add();
    ApiKeyStore store(file());
    ASSERT_TRUE(store.load());
    std::ofstream(folder_ + "/api-keys", std::ios::app) << "rubbish\n";
    auto const reloaded = store.reload_if_changed();
    ASSERT_FALSE(reloaded);
    EXPECT_NE(reloaded.error().message.find("line 2"), std::string::npos);
    EXPECT_NE(find_api_key(*store.current(), minted.text), nullptr);
    EXPECT_FALSE(file().add(minted.key)) << "nothing is lost by writing over it";
}

TEST_F(ApiKeys, an_id_is_given_once) {
    auto const minted = add();
    EXPECT_EQ(file().add(minted.key).error().code, Errc::kConflict);
}

TEST_F(ApiKeys, names_and_scopes_are_checked) {
    auto minted = mint_api_key("a\tb", {}, random_, WallMs{1});
    EXPECT_EQ(file().add(minted.key).error().field, "name");
    minted.key.name.clear();
    EXPECT_EQ(file().add(minted.key).error().field, "name");
    minted.key.name = "a\x7F";
    EXPECT_EQ(file().add(minted.key).error().field, "name");
    minted.key.name = std::string(kApiKeyNameBytesMax + 1, 'x');
    EXPECT_EQ(file().add(minted.key).error().field, "name");
    EXPECT_EQ(ScopeSet::parse("directory,root").error().field, "scopes");
    EXPECT_TRUE(ScopeSet::parse("all")->has(Scope::kPrivacy));
    EXPECT_FALSE(ScopeSet::parse("messages")->has(Scope::kPrivacy));
}

TEST_F(ApiKeys, their_number_is_bounded) {
    std::vector<std::string> lines;
    add();
    auto const line = bytes();
    std::ofstream out(folder_ + "/api-keys", std::ios::binary);
    for (std::size_t i = 0; i < kApiKeysMax; ++i) out << line;
    out.close();
    auto const minted = mint_api_key("one more", {}, random_, WallMs{1});
    EXPECT_EQ(file().add(minted.key).error().code, Errc::kTooLarge);
}

TEST_F(ApiKeys, what_looks_like_a_key_and_is_none_is_not_found) {
    auto const minted = add();
    auto const keys = file().read().value();
    for (std::string_view const digits : {"zzzzzzzz", "0000000z"}) {
        auto wrong = minted.text;
        wrong.replace(5, digits.size(), digits);
        EXPECT_EQ(find_api_key(keys, wrong), nullptr) << wrong;
    }
}

TEST_F(ApiKeys, each_damaged_column_is_noticed) {
    add();
    auto const good = bytes();
    std::vector<std::string> columns;
    std::vector<std::size_t> begins;
    for (std::size_t at = 0; columns.size() < 5; at = good.find('\t', at) + 1) {
        columns.push_back(good.substr(at, good.find('\t', at) - at));
        begins.push_back(at);
    }
    for (auto const& [column, damaged] : std::vector<std::pair<std::size_t, std::string>>{
             {0, "xyz"}, {0, "1z"}, {1, "00"}, {1, "z" + columns[1].substr(1)},
             {1, "0z" + columns[1].substr(2)}, {2, "root"}, {3, "soon"}, {4, "1 "}}) {
        auto line = good;
        line.replace(begins[column], columns[column].size(), damaged);
        std::ofstream(folder_ + "/api-keys", std::ios::binary) << line;
        EXPECT_FALSE(file().read()) << line;
    }
    std::ofstream(folder_ + "/api-keys", std::ios::binary) << good;
    EXPECT_TRUE(file().read());
}

TEST_F(ApiKeys, the_folder_is_made_and_a_file_in_its_place_is_an_error) {
    auto const minted = mint_api_key("a", ScopeSet::parse("all").value(), random_, WallMs{1});
    EXPECT_TRUE(ApiKeyFile(folder_ + "/new").add(minted.key));
    EXPECT_EQ(std::filesystem::status(folder_ + "/new").permissions(),
              std::filesystem::perms::owner_all);
    std::ofstream(folder_ + "/taken") << "x";
    EXPECT_FALSE(ApiKeyFile(folder_ + "/taken").add(minted.key)) << "no folder to lock in";
    std::filesystem::create_directory(folder_ + "/api-keys.next");
    EXPECT_FALSE(file().add(minted.key)) << "nothing can be written there";
}

}  // namespace
}  // namespace sewa::auth
