#include "http/target.h"

#include <gtest/gtest.h>

namespace sewa::http {
namespace {

TEST(Target, percent_decode_reads_escapes_and_refuses_broken_ones) {
    EXPECT_EQ(percent_decode("a%20b%C3%A9"), "a b\xC3\xA9");
    EXPECT_EQ(percent_decode("a+b"), "a+b");
    EXPECT_EQ(percent_decode(""), "");
    for (auto const* text : {"%", "%2", "a%zz", "%0", "%00", "%-1"}) {
        EXPECT_FALSE(percent_decode(text)) << text;
    }
}

TEST(Target, the_query_is_decoded_after_it_was_split) {
    auto const query = parse_query("a=1&&b=x%26y+z&c&d==&a=2").value();
    EXPECT_EQ(query.parameters.size(), 5u);
    EXPECT_EQ(query.find("a"), "1");
    EXPECT_EQ(query.find("b"), "x&y z");
    EXPECT_EQ(query.find("c"), "");
    EXPECT_EQ(query.find("d"), "=");
    EXPECT_FALSE(query.find("e"));
    EXPECT_FALSE(parse_query("a=%2"));
}

TEST(Target, the_number_of_parameters_is_bounded) {
    std::string text;
    for (std::size_t i = 0; i < kQueryParametersMax; ++i) text += "a=&";
    EXPECT_TRUE(parse_query(text));
    EXPECT_FALSE(parse_query(text + "a"));
}

TEST(Target, splits_path_and_query_in_origin_and_absolute_form) {
    struct Row {
        char const* text;
        char const* path;
        char const* x;
    };
    for (auto const& [text, path, x] :
         {Row{"/a/b?x=1", "/a/b", "1"}, Row{"/a%20b?x=%3F?", "/a b", "??"}, Row{"/?x=2", "/", "2"},
          Row{"http://host:80/a?x=3", "/a", "3"}, Row{"http://host?x=4", "/", "4"},
          Row{"/go?x=http://other/", "/go", "http://other/"}}) {
        auto const target = parse_target(text);
        ASSERT_TRUE(target) << text;
        EXPECT_EQ(target->path, path) << text;
        EXPECT_EQ(target->query.find("x"), x) << text;
    }
    EXPECT_EQ(parse_target("http://host")->path, "/");
    EXPECT_EQ(parse_target("*")->path, "*");
}

TEST(Target, refuses_what_a_router_or_file_look_up_could_misread) {
    for (auto const* text : {"", "a", "host:443", "/a#b", "/a/../b", "/..", "/%2e%2e/x", "/a/./b",
                             "/a%2fb", "/a%5Cb", "/a%00", "/a%", "/.%2E/etc/passwd"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
    EXPECT_TRUE(parse_target("/a..b/...c"));
}

}  // namespace
}  // namespace sewa::http
