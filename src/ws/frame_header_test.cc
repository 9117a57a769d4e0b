#include "ws/frame_header.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>

namespace sewa::ws {
namespace {

constexpr HeaderRules kOpenRules{.payload_bytes_max = ~0ULL >> 1, .compressed_bytes_max = 100};

TEST(FrameHeader, what_is_written_is_read_back) {
    for (std::uint64_t const length :
         {0ULL, 1ULL, 125ULL, 126ULL, 65535ULL, 65536ULL, 1ULL << 62}) {
        for (MaskKey const mask : {MaskKey{}, MaskKey{0x12345678}}) {
            FrameHeader const header{
                .opcode = Opcode::kBinary, .mask = mask, .payload_bytes = length};
            std::array<char, kHeaderBytesMax> bytes;
            auto const size = write_header(header, bytes);
            auto rules = kOpenRules;
            rules.role = mask ? Role::kServer : Role::kClient;
            auto const read = read_header({bytes.data(), size}, rules);
            ASSERT_EQ(read.header_bytes, size);
            EXPECT_EQ(read.header.payload_bytes, length);
            EXPECT_EQ(read.header.mask, mask);
            EXPECT_EQ(read.header.opcode, Opcode::kBinary);
            EXPECT_EQ(size, (length < 126 ? 2u : length < 65536 ? 4u : 10u) + (mask ? 4u : 0u));
            for (std::size_t cut = 0; cut < size; ++cut) {
                auto const part = read_header({bytes.data(), cut}, rules);
                EXPECT_EQ(part.header_bytes, 0u);
                EXPECT_FALSE(part.violation);
            }
        }
    }
}

struct BadHeader {
    std::string name;
    std::string_view bytes;  // The last one is the first that breaks a rule.
    HeaderRules rules = kOpenRules;
    CloseCode code = CloseCode::kProtocolError;
};

using namespace std::literals;

TEST(FrameHeader, is_refused_at_the_byte_that_breaks_a_rule_and_not_before) {
    auto in_message = kOpenRules;
    in_message.in_message = true;
    auto full = in_message;
    full.fragments_full = true;
    auto compressing = kOpenRules;
    compressing.compression = true;
    auto compressing_inside = compressing;
    compressing_inside.in_message = true;
    auto small = kOpenRules;
    small.payload_bytes_max = 70'000;
    auto client = kOpenRules;
    client.role = Role::kClient;
    for (auto const& [name, bytes, rules, code] : {
             BadHeader{"RSV1 without an extension", "\xC1"sv},
             {"RSV2", "\xA1"sv},
             {"RSV3", "\x91"sv},
             {"RSV1 on a ping", "\xC9"sv, compressing},
             {"RSV1 on a continuation", "\xC0"sv, compressing_inside},
             {"RSV2 with deflate", "\xA1"sv, compressing},
             {"opcode 3", "\x83"sv},
             {"opcode 7", "\x87"sv},
             {"opcode 11", "\x8B"sv},
             {"opcode 15", "\x8F"sv},
             {"fragmented close", "\x08"sv},
             {"fragmented ping", "\x09"sv},
             {"fragmented pong", "\x0A"sv},
             {"nothing to continue", "\x80"sv},
             {"text inside a message", "\x81"sv, in_message},
             {"binary inside a message", "\x02"sv, in_message},
             {"one fragment too many", "\x00"sv, full, CloseCode::kTooBig},
             {"unmasked client frame", "\x81\x05"sv},
             {"masked server frame", "\x81\x85"sv, client},
             {"ping of 126", "\x89\xFE"sv},
             {"close of 64 bits", "\x88\xFF"sv},
             {"125 in 16 bits", "\x82\xFE\x00\x7D"sv},
             {"65535 in 64 bits", "\x82\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF"sv},
             {"2^63", "\x82\xFF\x80\x00\x00\x00\x00\x00\x00\x00"sv},
             {"above the limit", "\x82\xFF\x00\x00\x00\x00\x00\x01\x11\x71"sv, small,
              CloseCode::kTooBig},
             {"compressed above its limit", "\xC2\xFE\x00\x7E"sv, compressing, CloseCode::kTooBig},
         }) {
        auto const read = read_header(bytes, rules);
        ASSERT_TRUE(read.violation) << name;
        EXPECT_EQ(read.violation->code, code) << name;
        EXPECT_EQ(read.header_bytes, 0u) << name;
        EXPECT_FALSE(read_header(bytes.substr(0, bytes.size() - 1), rules).violation) << name;
    }
}

TEST(FrameHeader, RFC_6455_5_7_masked_hello) {
    std::string bytes = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    auto const read = read_header(bytes, kOpenRules);
    ASSERT_EQ(read.header_bytes, 6u);
    auto const payload = std::span(bytes).subspan(6);
    apply_mask(payload, *read.header.mask, 0);
    EXPECT_EQ(std::string_view(payload.data(), payload.size()), "Hello");
}

TEST(FrameHeader, masking_at_any_offset_agrees_with_the_formula) {
    std::array<unsigned char, 4> const key{0x37, 0xFA, 0x21, 0x3D};
    std::uint32_t word = 0;
    std::memcpy(&word, key.data(), 4);
    for (std::size_t size = 0; size < 40; ++size) {
        for (std::size_t offset = 0; offset < 9; ++offset) {
            std::string bytes(size, 'x');
            apply_mask(bytes, word, offset);
            for (std::size_t i = 0; i < size; ++i) {
                ASSERT_EQ(static_cast<unsigned char>(bytes[i]), 'x' ^ key[(offset + i) % 4]);
            }
        }
    }
}

}  // namespace
}  // namespace sewa::ws
