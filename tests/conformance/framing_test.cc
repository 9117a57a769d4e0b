// Autobahn groups 1 to 5: framing, pings, reserved bits, opcodes, fragmentation.
#include <gtest/gtest.h>

#include "raw_client.h"

namespace sewa::conformance {
namespace {

using ws::Opcode;

constexpr std::size_t kSizes[] = {0, 125, 126, 127, 128, 65535, 65536};

TEST(Framing, group_1_messages_of_every_length_form) {
    for (auto const size : kSizes) {
        std::string const payload(size, '*');
        expect_echo(text(payload), {"text " + payload});
        expect_echo(binary(payload), {"binary " + payload});
    }
    std::string const payload(65536, '*');
    expect_echo(text(payload), {"text " + payload}, 997);
    expect_echo(binary(payload), {"binary " + payload}, 997);
}

TEST(Framing, group_2_pings_are_answered_with_their_payload) {
    std::string const longest(125, '\xFE');
    std::string const bytes("\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF", 8);
    expect_echo(ping(""), {"pong "});
    expect_echo(ping("Hello, world!"), {"pong Hello, world!"});
    expect_echo(ping(bytes), {"pong " + bytes});
    expect_echo(ping(longest), {"pong " + longest});
    expect_failure(ping(longest + "x"), {}, 1002);
    expect_echo(ping(longest), {"pong " + longest}, 1);
}

TEST(Framing, group_2_pongs_nobody_asked_for_are_ignored) {
    expect_echo(pong(""), {});
    expect_echo(pong("unsolicited"), {});
    expect_echo(pong("unsolicited") + ping("ping"), {"pong ping"});
}

TEST(Framing, group_2_ten_pings_have_ten_answers) {
    std::string pings;
    Lines pongs;
    for (int i = 0; i < 10; ++i) {
        pings += ping("payload " + std::to_string(i));
        pongs.push_back("pong payload " + std::to_string(i));
    }
    expect_echo(pings, pongs);
    expect_echo(pings, pongs, 1);
}

TEST(Framing, group_3_reserved_bits_fail_at_once) {
    auto const head = [](unsigned rsv, Opcode opcode) {
        return bare(static_cast<unsigned char>(0x80 | rsv << 4 | static_cast<unsigned>(opcode)));
    };
    for (unsigned rsv = 1; rsv < 8; ++rsv) {
        expect_failure(head(rsv, Opcode::kText), {}, 1002);
        expect_failure(text("Hello") + head(rsv, Opcode::kText) + ping(""), {"text Hello"}, 1002);
        expect_failure(text("Hello") + head(rsv, Opcode::kBinary), {"text Hello"}, 1002, 1);
        expect_failure(head(rsv, Opcode::kPing), {}, 1002);
        expect_failure(head(rsv, Opcode::kClose), {}, 1002);
    }
}

TEST(Framing, group_4_reserved_opcodes_fail_at_once) {
    for (int const opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
        auto const frame = bare(static_cast<unsigned char>(0x80 | opcode));
        expect_failure(frame, {}, 1002);
        expect_failure(text("Hello") + frame + ping(""), {"text Hello"}, 1002);
        expect_failure(text("Hello") + frame, {"text Hello"}, 1002, 1);
    }
}

TEST(Framing, group_5_control_frames_cannot_be_fragmented) {
    expect_failure(part(Opcode::kPing, "frag") + last("ment"), {}, 1002);
    expect_failure(part(Opcode::kPong, "frag") + last("ment"), {}, 1002);
}

TEST(Framing, group_5_fragments_are_joined) {
    for (std::size_t const chop : {0, 1}) {
        expect_echo(part(Opcode::kText, "fragment1") + last("fragment2"),
                    {"text fragment1fragment2"}, chop);
        expect_echo(part(Opcode::kText, "fragment1") + ping("ping") + last("fragment2"),
                    {"pong ping", "text fragment1fragment2"}, chop);
        expect_echo(part(Opcode::kText, "1") + part(Opcode::kContinuation, "2") + ping("a") +
                        part(Opcode::kContinuation, "3") + part(Opcode::kContinuation, "4") +
                        ping("b") + last("5"),
                    {"pong a", "pong b", "text 12345"}, chop);
        expect_echo(part(Opcode::kBinary, "") + part(Opcode::kContinuation, "") + last(""),
                    {"binary "}, chop);
    }
}

TEST(Framing, group_5_a_continuation_needs_something_to_continue) {
    for (std::size_t const chop : {0, 1}) {
        expect_failure(last("x") + text("Hello"), {}, 1002, chop);
        expect_failure(part(Opcode::kContinuation, "x") + text("Hello"), {}, 1002, chop);
        expect_failure(part(Opcode::kText, "a") + last("b") + part(Opcode::kContinuation, "c"),
                       {"text ab"}, 1002, chop);
    }
}

TEST(Framing, group_5_a_message_cannot_start_inside_another) {
    for (std::size_t const chop : {0, 1}) {
        expect_failure(part(Opcode::kText, "a") + text("b"), {}, 1002, chop);
        expect_failure(part(Opcode::kText, "a") + part(Opcode::kBinary, "b"), {}, 1002, chop);
    }
}

TEST(Framing, an_unmasked_frame_fails) {
    expect_failure("\x81\x05Hello", {}, 1002);
}

TEST(Framing, a_length_must_be_in_its_shortest_form) {
    expect_failure(std::string("\x81\xFE\x00\x05\x00\x00\x00\x00Hello", 13), {}, 1002);
    expect_failure(std::string("\x81\xFF\x80\x00\x00\x00\x00\x00\x00\x00", 10), {}, 1002);
}

TEST(Framing, a_message_may_have_65536_fragments_and_no_more) {
    auto const fragmented = [](std::size_t count) {
        return fragments(Opcode::kText, std::string(count, 'f'), 1);
    };
    expect_echo(fragmented(65'536), {"text " + std::string(65'536, 'f')});
    expect_failure(fragmented(65'537), {}, 1009);
}

}  // namespace
}  // namespace sewa::conformance
