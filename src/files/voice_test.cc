#include "files/voice.h"

#include <gtest/gtest.h>

namespace sewa::files {
namespace {

TEST(Voice, the_duration_is_bounded) {
    EXPECT_EQ(check_duration("1").value(), 1u);
    EXPECT_EQ(check_duration("21600000").value(), 21'600'000u);
    for (auto const text : {"", "0", "-1", "21600001", "1.5", "1 ", "x", "99999999999999"}) {
        auto const checked = check_duration(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().field, "duration_ms");
    }
}

TEST(Voice, the_waveform_is_1_to_128_loudnesses) {
    EXPECT_EQ(check_waveform("[ 0, 37 ,100]").value(), "[0,37,100]");
    EXPECT_EQ(check_waveform("[7]").value(), "[7]");
    std::string list = "[0";
    for (int i = 1; i < 128; ++i) list += ",1";
    EXPECT_TRUE(check_waveform(list + "]"));
    list += ",1]";
    for (std::string const text : {"", "[]", "[101]", "[-1]", "[1,]", "[,1]", "1,2", "[1 2]",
                                   "[1.5]", "[\"1\"]", "[1]]", "[[1]]", list.c_str()}) {
        auto const checked = check_waveform(text);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().field, "waveform");
    }
}

}  // namespace
}  // namespace sewa::files
