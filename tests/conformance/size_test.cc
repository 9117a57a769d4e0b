// Autobahn groups 9 and 10: large messages, many messages, automatic fragmentation.
#include <gtest/gtest.h>

#include "raw_client.h"

namespace sewa::conformance {
namespace {

using ws::Opcode;

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

TEST(Size, groups_9_1_and_9_2_messages_up_to_16_MiB) {
    for (auto const size : {64 * kKiB, 256 * kKiB, kMiB, 4 * kMiB, 8 * kMiB, 16 * kMiB}) {
        std::string const payload(size, '*');
        expect_echo(text(payload), {"text " + payload});
        expect_echo(binary(payload), {"binary " + payload});
    }
}

TEST(Size, a_message_above_the_limit_fails_at_its_header) {
    auto const whole = text(std::string(16 * kMiB + 1, '*'));
    expect_failure(whole.substr(0, 10), {}, 1009);
}

TEST(Size, groups_9_3_and_9_4_4_MiB_in_fragments_of_every_size) {
    std::string const payload(4 * kMiB, '*');
    for (auto const size : {std::size_t{64}, std::size_t{256}, kKiB, 4 * kKiB, 64 * kKiB, kMiB}) {
        expect_echo(fragments(Opcode::kText, payload, size), {"text " + payload});
        expect_echo(fragments(Opcode::kBinary, payload, size), {"binary " + payload});
    }
}

TEST(Size, groups_9_5_and_9_6_1_MiB_in_writes_of_every_size) {
    std::string const payload(kMiB, '*');
    for (std::size_t const chop : {64, 128, 256, 512, 1024, 2048}) {
        expect_echo(text(payload), {"text " + payload}, chop);
        expect_echo(binary(payload), {"binary " + payload}, chop);
    }
}

TEST(Size, groups_9_7_and_9_8_a_thousand_messages) {
    for (std::size_t const size : {0, 16, 64, 256, 1024}) {
        std::string const payload(size, '*');
        std::string bytes;
        for (int i = 0; i < 1000; ++i) bytes += text(payload) + binary(payload);
        Lines events;
        for (int i = 0; i < 1000; ++i) {
            events.push_back("text " + payload);
            events.push_back("binary " + payload);
        }
        expect_echo(bytes, events);
    }
}

TEST(Size, a_client_that_sends_first_and_reads_late_gets_everything) {
    std::string const payload(64 * kKiB, '*');
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += binary(payload);
    expect_echo(bytes, Lines(1000, "binary " + payload));
}

TEST(Size, group_10_64_KiB_in_fragments_of_1300) {
    std::string const payload(65536, '*');
    expect_echo(fragments(Opcode::kText, payload, 1300), {"text " + payload});
}

}  // namespace
}  // namespace sewa::conformance
