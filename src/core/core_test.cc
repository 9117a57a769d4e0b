#include <gtest/gtest.h>

#include "core/random.h"
#include "core/result.h"
#include "core/shared_frame.h"
#include "core/time_text.h"

namespace sewa {
namespace {

Result<int> half(int value) {
    if (value % 2 != 0) return fail(Errc::kBadRequest, "odd");
    return value / 2;
}

Result<int> quarter(int value) {
    SEWA_TRY(auto const once, half(value));
    SEWA_TRY(auto const twice, half(once));
    return twice;
}

TEST(Result, try_leaves_with_the_first_error) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().code, Errc::kBadRequest);
}

TEST(SharedFrame, header_has_the_shortest_length_form) {
    for (auto const& [size, header] :
         {std::pair<std::size_t, std::size_t>{0, 2}, {125, 2}, {126, 4}, {65535, 4}, {65536, 10}}) {
        auto const frame = SharedFrame::text(std::string(size, 'x'));
        EXPECT_EQ(frame.wire().size(), size + header);
        EXPECT_EQ(frame.payload().size(), size);
        EXPECT_EQ(static_cast<unsigned char>(frame.wire()[0]), 0x81);
    }
}

TEST(SharedFrame, copies_share_the_bytes) {
    auto const first = SharedFrame::text("hello");
    auto const second = first;
    EXPECT_EQ(first.payload().data(), second.payload().data());
}

TEST(TimeText, round_trips) {
    EXPECT_EQ(to_iso8601(WallMs{0}), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(to_iso8601(WallMs{1'750'000'000'123}), "2025-06-15T15:06:40.123Z");
    EXPECT_EQ(from_iso8601("2025-06-15T15:06:40.123Z")->value, 1'750'000'000'123);
    EXPECT_EQ(from_iso8601("2025-06-15T15:06:40Z")->value, 1'750'000'000'000);
    EXPECT_TRUE(from_iso8601("2024-02-29"));
}

TEST(TimeText, refuses_what_is_no_time) {
    for (auto const* text : {"", "2025-02-30", "2025-06-15T25:06:40Z", "2025-06-15 15:06:40Z",
                             "2025-06-15T15:06:40.1Z", "-025-06-15"}) {
        EXPECT_FALSE(from_iso8601(text)) << text;
    }
}

TEST(Random, same_seed_same_run) {
    SeededRandom a(7), b(7);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
    EXPECT_EQ(a.hex(20).size(), 20u);
    for (int i = 0; i < 1000; ++i) EXPECT_LT(a.below(10), 10u);
}

}  // namespace
}  // namespace sewa
