// Autobahn groups 12 and 13: permessage-deflate.
#include "ws/deflate.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "raw_client.h"

namespace sewa::conformance {
namespace {

using ws::Opcode;

constexpr char kAnswer[] =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

// Compressible as JSON is: names repeat, values do not.
std::string json_like(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string payload;
    while (payload.size() < size) {
        payload += R"({"conversation_id":)" + std::to_string(random()) + R"(,"text":"नम"},)";
    }
    while (size > 0 && size < payload.size() && (payload[size] & 0xC0) == 0x80) --size;
    payload.resize(size);
    return payload;
}

std::string compressed(ws::Deflater& deflater, Opcode opcode, std::string_view payload,
                       std::size_t fragment) {
    auto bytes = fragments(opcode, deflater.deflate(payload), fragment);
    bytes[0] = static_cast<char>(bytes[0] | 0x40);
    return bytes;
}

void expect_deflated_echo(std::string const& bytes, Lines events, std::string const& offer) {
    auto const answer = talk({.bytes = bytes + close(1000), .extensions = offer});
    events.emplace_back("close 1000 ");
    EXPECT_TRUE(answer.ended);
    EXPECT_TRUE(answer.extensions.starts_with(kAnswer)) << answer.extensions;
    EXPECT_EQ(answer.events, events);
}

TEST(Deflate, group_12_messages_of_every_size_and_fragment_size) {
    ws::Deflater deflater;
    for (std::size_t const size : {0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072}) {
        for (std::size_t const fragment : {131072, 256, 1000}) {
            std::string bytes;
            Lines events;
            for (unsigned i = 0; i < 20; ++i) {
                auto const payload = json_like(size, i);
                auto const opcode = i % 2 == 0 ? Opcode::kText : Opcode::kBinary;
                bytes += compressed(deflater, opcode, payload, fragment);
                events.push_back((i % 2 == 0 ? "text " : "binary ") + payload);
            }
            expect_deflated_echo(bytes, events, "permessage-deflate");
        }
    }
}

TEST(Deflate, group_13_offers_are_answered_and_then_kept) {
    ws::Deflater deflater;
    auto const payload = json_like(5000, 1);
    for (std::string const offer : {
             "permessage-deflate",
             "permessage-deflate; client_max_window_bits",
             "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
             "permessage-deflate; client_no_context_takeover; client_max_window_bits=9",
             "permessage-deflate; server_max_window_bits=9",
             "permessage-deflate; nonsense, permessage-deflate; server_max_window_bits=15",
         }) {
        expect_deflated_echo(compressed(deflater, Opcode::kText, payload, 10'000) + text("plain"),
                             {"text " + payload, "text plain"}, offer);
    }
}

bool first_frame_is_compressed(std::string const& wire) {
    return !wire.empty() && (wire[0] & 0x40) != 0;
}

TEST(Deflate, long_text_is_answered_compressed_and_short_text_plain) {
    for (std::size_t const size : {100, 1023, 1024, 5000}) {
        auto const answer = talk({.bytes = text(std::string(size, 'x')) + close(1000),
                                  .extensions = "permessage-deflate"});
        EXPECT_EQ(first_frame_is_compressed(answer.wire), size >= 1024) << size;
    }
}

// A client that asked for a small window has no more than that to inflate with.
std::string inflate_with_window(std::string_view compressed, int window_bits) {
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, -window_bits), Z_OK);
    auto input = std::string(compressed).append("\x00\x00\xff\xff", 4);
    std::string output(1 << 20, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(output.data());
    stream.avail_out = static_cast<uInt>(output.size());
    EXPECT_EQ(inflate(&stream, Z_SYNC_FLUSH), Z_OK) << (stream.msg ? stream.msg : "");
    output.resize(output.size() - stream.avail_out);
    inflateEnd(&stream);
    return output;
}

TEST(Deflate, a_small_window_of_the_client_is_respected) {
    for (int const bits : {9, 10, 12, 15}) {
        auto const offer = "permessage-deflate; server_max_window_bits=" + std::to_string(bits);
        for (std::size_t const size : {1024, 1100, 2048, 4096, 5000, 40'000}) {
            auto const half = json_like(size / 2, 3);
            auto const answer =
                talk({.bytes = text(half + half) + close(1000), .extensions = offer});
            auto const read = ws::read_header(answer.wire, {.role = ws::Role::kClient,
                                                            .compression = true,
                                                            .payload_bytes_max = 1 << 20,
                                                            .compressed_bytes_max = 1 << 20});
            auto const payload = answer.wire.substr(read.header_bytes, read.header.payload_bytes);
            EXPECT_EQ(read.header.compressed, bits == 15 || 2 * half.size() <= 1U << bits);
            auto const shown =
                read.header.compressed ? inflate_with_window(payload, bits) : payload;
            EXPECT_EQ(shown, half + half);
        }
    }
}

TEST(Deflate, a_bomb_is_refused) {
    ws::Deflater deflater(9);
    auto const bomb = compressed(deflater, Opcode::kText, std::string(17 << 20, ' '), 1 << 20);
    ASSERT_LT(bomb.size(), 100'000u);
    auto const answer = talk({.bytes = bomb, .extensions = "permessage-deflate"});
    ASSERT_EQ(answer.events.size(), 1u);
    EXPECT_TRUE(answer.events[0].starts_with("close 1009"));
}

TEST(Deflate, compressed_frames_without_negotiation_fail) {
    ws::Deflater deflater;
    expect_failure(compressed(deflater, Opcode::kText, "Hello", 100), {}, 1002);
}

TEST(Deflate, compressed_text_is_UTF_8_too) {
    ws::Deflater deflater;
    auto const answer = talk({.bytes = compressed(deflater, Opcode::kText, "\xED\xA0\x80", 100),
                              .extensions = "permessage-deflate"});
    ASSERT_EQ(answer.events.size(), 1u);
    EXPECT_TRUE(answer.events[0].starts_with("close 1007"));
}

}  // namespace
}  // namespace sewa::conformance
