#include "ws/deflate.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "ws/event_log_for_test.h"

namespace sewa::ws {
namespace {

std::string noise(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string bytes(size, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

std::string repetitive(std::size_t size) {
    std::string text;
    while (text.size() < size)
        text += R"({"type":"message","data":{"id":981,"conversation_id":1}})";
    text.resize(size);
    return text;
}

TEST(Deflate, round_trips_whatever_the_size) {
    Deflater deflater;
    Inflater inflater;
    for (std::size_t const size : {0, 1, 2, 100, 4095, 4096, 4097, 65'536, 70'000, 1'000'000}) {
        for (auto const& payload : {repetitive(size), noise(size, 7)}) {
            auto const inflated = inflater.inflate(deflater.deflate(payload), size);
            ASSERT_EQ(inflated.outcome, Inflater::Outcome::kDone) << size;
            ASSERT_EQ(inflated.payload, payload);
        }
    }
}

TEST(Deflate, RFC_7692_7_2_3_6_an_empty_message_is_one_zero_byte) {
    Deflater deflater;
    EXPECT_EQ(deflater.deflate(""), std::string_view("\0", 1));
}

TEST(Deflate, messages_do_not_depend_on_each_other) {
    Deflater deflater;
    auto const first = std::string(deflater.deflate("no context takeover"));
    EXPECT_EQ(deflater.deflate("no context takeover"), first);
}

TEST(Deflate, a_bomb_is_refused_at_the_limit_and_leaves_no_memory_behind) {
    Deflater deflater(9);
    Inflater inflater;
    auto const bomb = std::string(deflater.deflate(std::string(50 << 20, '0')));
    ASSERT_LT(bomb.size(), 60'000u);
    EXPECT_EQ(inflater.inflate(bomb, 1 << 20).outcome, Inflater::Outcome::kTooBig);
    EXPECT_LE(inflater.buffer_bytes(), 65'536u);
    EXPECT_EQ(inflater.inflate(deflater.deflate("next"), 4).payload, "next");
}

TEST(Deflate, the_limit_is_exact) {
    Deflater deflater;
    Inflater inflater;
    for (std::size_t const size : {1, 100, 4096, 8192, 10'000}) {
        auto const compressed = std::string(deflater.deflate(repetitive(size)));
        EXPECT_EQ(inflater.inflate(compressed, size).outcome, Inflater::Outcome::kDone);
        EXPECT_EQ(inflater.inflate(compressed, size - 1).outcome, Inflater::Outcome::kTooBig);
        EXPECT_LE(inflater.buffer_bytes(), std::max<std::size_t>(size, 10'000));
    }
}

TEST(Deflate, a_message_cut_anywhere_or_changed_never_crashes_and_rarely_passes) {
    Deflater deflater;
    Inflater inflater;
    auto const whole = std::string(deflater.deflate(repetitive(300)));
    for (std::size_t size = 1; size < whole.size(); ++size) {
        EXPECT_NE(inflater.inflate(whole.substr(0, size), 300).outcome, Inflater::Outcome::kDone)
            << size;
    }
    for (unsigned seed = 0; seed < 2000; ++seed) {
        auto const inflated = inflater.inflate(noise(1 + seed % 60, seed), 1000);
        EXPECT_LE(inflated.payload.size(), 1000u);
    }
}

TEST(Deflate, many_final_blocks_in_one_message_are_joined) {
    Inflater inflater;
    std::string blocks;
    for (int i = 0; i < 100; ++i) blocks += std::string("\x01\x01\x00\xFE\xFF", 5) + "x";
    blocks += '\0';
    EXPECT_EQ(inflater.inflate(blocks, 1000).payload, std::string(100, 'x'));
}

TEST(Deflate, a_twin_is_a_frame_that_a_client_inflates_to_the_same_text) {
    Deflater deflater;
    Inflater inflater;
    DecoderSetup setup{.compression = Compression::kDeflate};
    setup.options.role = Role::kClient;
    setup.options.inflater = &inflater;
    auto const plain = SharedFrame::text(repetitive(3000));
    auto const twin = compressed_twin(plain, deflater);
    ASSERT_TRUE(twin);
    EXPECT_LT(twin.wire().size(), plain.wire().size() / 4);
    EXPECT_EQ(decode_whole(setup, twin.wire()), decode_whole(setup, plain.wire()));
}

TEST(Deflate, what_would_not_become_shorter_has_no_twin) {
    Deflater deflater;
    EXPECT_FALSE(compressed_twin(SharedFrame::text(noise(2000, 3)), deflater));
    EXPECT_FALSE(compressed_twin(SharedFrame::text(""), deflater));
}

TEST(Deflate, some_senders_leave_the_zero_byte_of_an_empty_message_out) {
    Inflater inflater;
    auto const inflated = inflater.inflate("", 10);
    EXPECT_EQ(inflated.outcome, Inflater::Outcome::kDone);
    EXPECT_EQ(inflated.payload, "");
}

}  // namespace
}  // namespace sewa::ws
