#include "files/signed_links.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace sewa::files {
namespace {

struct Link {
    std::string expires;
    std::string signature;
};

Link link_of(std::string const& query) {
    auto const and_sign = query.find("&signature=");
    return {query.substr(9, and_sign - 9), query.substr(and_sign + 11)};
}

TEST(SignedLinks, A_5_opens_one_attachment_until_it_expires) {
    ManualClock clock;
    SignedLinks links(3'600'000, clock), other(3'600'000, clock);
    links.set_key("key");
    other.set_key("other");
    auto const query = links.query_for({7});
    auto const [expires, signature] = link_of(query);
    EXPECT_TRUE(links.check({7}, expires, signature));
    EXPECT_FALSE(links.check({8}, expires, signature));
    EXPECT_FALSE(links.check({7}, std::to_string(std::stoll(expires) + 3600), signature));
    EXPECT_FALSE(links.check({7}, expires + " ", signature));
    EXPECT_FALSE(links.check({7}, "", signature));
    EXPECT_FALSE(links.check({7}, expires, ""));
    EXPECT_FALSE(links.check({7}, expires, signature.substr(1)));
    EXPECT_FALSE(other.check({7}, expires, signature));
    clock.advance(3'599'000);
    EXPECT_TRUE(links.check({7}, expires, signature));
    clock.advance(3'601'000);
    EXPECT_EQ(links.check({7}, expires, signature).error().code, Errc::kForbidden);
    EXPECT_NE(links.query_for({7}), query);
}

TEST(SignedLinks, the_key_is_made_once) {
    std::string pattern = std::filesystem::temp_directory_path() / "sewa-key-XXXXXX";
    std::string const folder = ::mkdtemp(pattern.data());
    SeededRandom random(1);
    auto const key = open_link_key(folder + "/key", random).value();
    EXPECT_EQ(key.size(), 64u);
    EXPECT_EQ(open_link_key(folder + "/key", random).value(), key);
    std::ofstream(folder + "/key") << "short";
    EXPECT_FALSE(open_link_key(folder + "/key", random));
    EXPECT_FALSE(open_link_key(folder + "/none/key", random));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sewa::files
