// The headers of a download.
#include <gtest/gtest.h>

#include "files/byte_range.h"
#include "files/disposition.h"

namespace sewa::files {
namespace {

TEST(ByteRange, one_range_of_what_is_there) {
    EXPECT_EQ(requested_range("bytes=0-0", 100), (ByteRange{0, 1, true}));
    EXPECT_EQ(requested_range("bytes=10-19", 100), (ByteRange{10, 10, true}));
    EXPECT_EQ(requested_range("bytes=90-", 100), (ByteRange{90, 10, true}));
    EXPECT_EQ(requested_range("bytes=90-1000", 100), (ByteRange{90, 10, true}));
    EXPECT_EQ(requested_range("bytes=-10", 100), (ByteRange{90, 10, true}));
    EXPECT_EQ(requested_range("bytes=-1000", 100), (ByteRange{0, 100, true}));
    EXPECT_EQ(requested_range("bytes=0-99999999999999999999999", 100), (ByteRange{0, 100, true}));
}

TEST(ByteRange, what_begins_behind_the_end_is_not_satisfiable) {
    EXPECT_EQ(requested_range("bytes=100-", 100), std::nullopt);
    EXPECT_EQ(requested_range("bytes=100-200", 100), std::nullopt);
    EXPECT_EQ(requested_range("bytes=99999999999999999999999-", 100), std::nullopt);
    EXPECT_EQ(requested_range("bytes=-0", 100), std::nullopt);
}

TEST(ByteRange, everything_for_what_is_no_single_range) {
    ByteRange const whole{0, 100, false};
    for (auto const header : {"", "bytes=", "bytes=-", "bytes=5", "bytes=a-b", "bytes=9-5",
                              "bytes=0-1,5-6", "items=0-1", "bytes= 0-1", "bytes=-5-6"}) {
        EXPECT_EQ(requested_range(header, 100), whole) << header;
    }
}

TEST(ContentDisposition, keeps_the_name_and_nothing_escapes_it) {
    EXPECT_EQ(content_disposition("a b.png", true), R"(inline; filename="a b.png")");
    EXPECT_EQ(content_disposition("ना.pdf", false),
              R"(attachment; filename="______.pdf"; filename*=UTF-8''%E0%A4%A8%E0%A4%BE.pdf)");
    EXPECT_EQ(content_disposition("a\"; x=\"\r\n.txt", false),
              R"(attachment; filename="a_; x=___.txt"; )"
              R"(filename*=UTF-8''a%22%3B%20x%3D%22%0D%0A.txt)");
}

}  // namespace
}  // namespace sewa::files
