#include "ws/encoder.h"

#include <gtest/gtest.h>

#include "core/shared_frame.h"
#include "ws/event_log_for_test.h"

namespace sewa::ws {
namespace {

using Lines = std::vector<std::string>;

DecoderSetup client_setup() {
    DecoderSetup setup;
    setup.options.role = Role::kClient;
    return setup;
}

TEST(Encoder, RFC_6455_5_7_examples) {
    EXPECT_EQ(ping_frame("Hello").wire(), "\x89\x05Hello");
    EXPECT_EQ(pong_frame("Hello", 0x3D21FA37).wire(),
              "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    std::string text;
    append_frame(text, {.mask = 0x3D21FA37}, "Hello");
    EXPECT_EQ(text, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(Encoder, control_frames_are_read_back) {
    std::string const payload(kControlPayloadMax, 'p');
    EXPECT_EQ(decode_whole(client_setup(), ping_frame(payload).wire()), Lines{"ping " + payload});
    EXPECT_EQ(decode_whole({}, pong_frame(payload, 7).wire()), Lines{"pong " + payload});
    EXPECT_EQ(decode_whole(client_setup(), close_frame(4012, "draining").wire()),
              Lines{"close 4012 draining"});
    EXPECT_EQ(decode_whole({}, close_frame(kNoStatus, "", 7).wire()), Lines{"close 1005 "});
}

TEST(Encoder, a_long_close_reason_is_cut_between_code_points) {
    std::string reason;
    for (int i = 0; i < 50; ++i) reason += "नम";
    auto const lines = decode_whole(client_setup(), close_frame(1000, reason).wire());
    EXPECT_EQ(lines, Lines{"close 1000 " + reason.substr(0, 123)});
    auto const shifted = decode_whole(client_setup(), close_frame(1000, "x" + reason).wire());
    EXPECT_EQ(shifted, Lines{"close 1000 x" + reason.substr(0, 120)});
}

TEST(Encoder, a_shared_frame_is_a_server_text_frame) {
    for (std::size_t const size : {0, 125, 126, 65535, 65536}) {
        std::string const payload(size, 's');
        std::string expected;
        append_frame(expected, {}, payload);
        EXPECT_EQ(SharedFrame::text(payload).wire(), expected);
    }
}

TEST(Encoder, a_close_reason_without_any_character_is_left_out) {
    EXPECT_EQ(close_frame(1000, std::string(200, '\x80')).wire(), "\x88\x02\x03\xE8");
}

}  // namespace
}  // namespace sewa::ws
