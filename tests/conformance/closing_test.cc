// Autobahn group 7: the closing handshake.
#include <gtest/gtest.h>

#include "raw_client.h"

namespace sewa::conformance {
namespace {

using ws::Opcode;

// Sends bytes that contain a close frame; expects the events and the end of the stream.
void expect_close(std::string const& bytes, Lines const& events) {
    for (std::size_t const chop : {0, 1}) {
        auto const answer = talk({.bytes = bytes, .chop = chop});
        EXPECT_TRUE(answer.ended);
        EXPECT_EQ(answer.events, events);
    }
}

std::string close_with(std::string_view payload) {
    return ws::client_frame({.opcode = Opcode::kClose}, payload);
}

TEST(Closing, group_7_1_nothing_is_answered_behind_a_close_frame) {
    expect_close(text("Hello") + close(1000), {"text Hello", "close 1000 "});
    expect_close(close(1000) + close(1000), {"close 1000 "});
    expect_close(close(1000) + ping("late"), {"close 1000 "});
    expect_close(close(1000) + text("late"), {"close 1000 "});
    expect_close(part(Opcode::kText, "a") + close(1000) + last("b"), {"close 1000 "});
}

TEST(Closing, group_7_1_6_a_long_message_in_front_of_it_is_answered_first) {
    std::string const big(256 * 1024, 'x');
    auto const answer = talk({.bytes = text(big) + text("Hello") + close(1000) + ping("late")});
    EXPECT_TRUE(answer.ended);
    EXPECT_EQ(answer.events, (Lines{"text " + big, "text Hello", "close 1000 "}));
}

TEST(Closing, group_7_3_payloads_of_every_size) {
    expect_close(close_with(""), {"close 1005 "});
    expect_failure(close_with("a"), {}, 1002);
    expect_close(close(1000), {"close 1000 "});
    expect_close(close(1000, "Hello World!"), {"close 1000 "});
    expect_close(close(1000, std::string(123, '*')), {"close 1000 "});
    expect_failure(close_with("\x03\xE8" + std::string(124, '*')), {}, 1002);
}

TEST(Closing, group_7_5_a_reason_is_UTF_8) {
    expect_failure(close_with("\x03\xE8\xCE\xBA\xED\xA0\x80"), {}, 1007);
    expect_failure(close_with("\x03\xE8\xCE"), {}, 1007);
}

TEST(Closing, group_7_7_codes_that_may_be_sent_are_echoed) {
    for (int const code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                           3000, 3999, 4000, 4999}) {
        expect_close(close(static_cast<std::uint16_t>(code)),
                     {"close " + std::to_string(code) + " "});
    }
}

TEST(Closing, group_7_9_codes_that_may_not_be_sent_fail) {
    for (int const code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
        std::string const payload{static_cast<char>(code >> 8), static_cast<char>(code)};
        expect_failure(close_with(payload), {}, 1002);
    }
}

}  // namespace
}  // namespace sewa::conformance
