#include "site/site.h"

#include <gtest/gtest.h>

#include "site/bundle.h"

namespace sewa::site {
namespace {

std::string packed(std::string_view path, std::string_view content) {
    std::string out;
    for (auto const length : {path.size(), content.size()}) {
        for (int i = 0; i < 4; ++i) out += static_cast<char>(length >> (8 * i));
    }
    return out + std::string(path) + std::string(content);
}

TEST(Bundle, brings_every_file_back) {
    auto const files = parse_bundle(packed("a.html", "<p>") + packed("b/c.js", ""));
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 2u);
    EXPECT_EQ((*files)[0].bytes, "<p>");
    EXPECT_EQ((*files)[1].path, "b/c.js");
}

TEST(Bundle, a_cut_bundle_is_refused) {
    auto const whole = packed("a.html", "<p>hello</p>");
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        EXPECT_FALSE(parse_bundle(std::string_view(whole).substr(0, cut))) << cut;
    }
}

TEST(Bundle, a_folder_that_is_not_there_is_named) {
    auto const files = read_folder("/nowhere/at/all");
    ASSERT_FALSE(files);
    EXPECT_NE(files.error().message.find("/nowhere/at/all"), std::string::npos);
}

// The hash of `alert(1)`, as `openssl dgst -sha256 -binary | base64` prints it.
TEST(Site, inline_scripts_are_allowed_by_hash_and_no_others) {
    EXPECT_EQ(script_sources("<script src=\"/a.js\"></script>"), "'self'");
    EXPECT_EQ(script_sources("<p><script>alert(1)</script>"),
              "'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
}

TEST(Site, what_may_change_under_its_name_is_asked_for_again) {
    EXPECT_EQ(cache_control_of("index.html"), "no-cache");
    EXPECT_EQ(cache_control_of("index.txt"), "no-cache");
    EXPECT_EQ(cache_control_of("icon.svg"), "public, max-age=86400");
    EXPECT_EQ(cache_control_of("_next/static/chunks/a.js"), "public, max-age=31536000, immutable");
}

}  // namespace
}  // namespace sewa::site
