#include "ws/decoder.h"

#include <gtest/gtest.h>

#include "ws/deflate.h"
#include "ws/event_log_for_test.h"

namespace sewa::ws {
namespace {

using Lines = std::vector<std::string>;

// The events of `bytes`, after checking that no way of cutting them changes anything.
Lines decode(std::string_view bytes, DecoderSetup const& setup = {}) {
    auto const whole = decode_whole(setup, bytes);
    EXPECT_EQ(decode_by_byte(setup, bytes), whole);
    for (unsigned seed = 0; seed < 20; ++seed) {
        EXPECT_EQ(decode_random(setup, bytes, seed), whole) << "seed " << seed;
    }
    return whole;
}

std::string text(std::string_view payload) {
    return client_frame({}, payload);
}
std::string part(Opcode opcode, std::string_view payload) {
    return client_frame({.opcode = opcode, .fin = false}, payload);
}
std::string last(std::string_view payload) {
    return client_frame({.opcode = Opcode::kContinuation}, payload);
}
std::string control(Opcode opcode, std::string_view payload) {
    return client_frame({.opcode = opcode}, payload);
}
std::string close_payload(std::uint16_t code, std::string_view reason) {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(reason);
}

TEST(Decoder, RFC_6455_5_7_examples) {
    DecoderSetup client;
    client.options.role = Role::kClient;
    EXPECT_EQ(decode("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), Lines{"text Hello"});
    EXPECT_EQ(decode("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), Lines{"pong Hello"});
    EXPECT_EQ(decode("\x81\x05Hello", client), Lines{"text Hello"});
    EXPECT_EQ(decode("\x01\x03Hel\x80\x02lo", client), Lines{"text Hello"});
    EXPECT_EQ(decode("\x89\x05Hello", client), Lines{"ping Hello"});
    std::string const big(256, 'b');
    EXPECT_EQ(decode(std::string("\x82\x7E\x01\x00", 4) + big, client), Lines{"binary " + big});
    std::string const huge(65536, 'h');
    EXPECT_EQ(decode_whole(client, std::string("\x82\x7F\0\0\0\0\0\1\0\0", 10) + huge),
              Lines{"binary " + huge});
}

TEST(Decoder, messages_of_every_length_form) {
    for (std::size_t const size : {0, 1, 7, 8, 9, 125, 126, 127, 128, 65535, 65536}) {
        std::string const payload(size, 'p');
        EXPECT_EQ(decode(text(payload) + text("next")), (Lines{"text " + payload, "text next"}));
        EXPECT_EQ(decode(client_frame({.opcode = Opcode::kBinary}, payload)),
                  Lines{"binary " + payload});
    }
}

TEST(Decoder, fragments_are_joined_and_control_frames_come_in_between) {
    EXPECT_EQ(decode(part(Opcode::kText, "a") + control(Opcode::kPing, "1") +
                     part(Opcode::kContinuation, "b") + control(Opcode::kPong, "2") + last("c") +
                     text("d")),
              (Lines{"ping 1", "pong 2", "text abc", "text d"}));
    EXPECT_EQ(decode(part(Opcode::kBinary, "") + part(Opcode::kContinuation, "") + last("")),
              Lines{"binary "});
}

TEST(Decoder, a_control_payload_of_125_bytes_is_the_longest) {
    std::string const payload(125, 'c');
    EXPECT_EQ(decode(control(Opcode::kPing, payload)), Lines{"ping " + payload});
    EXPECT_EQ(decode(control(Opcode::kPing, payload + "c")), Lines{"failure 1002"});
}

struct CloseCase {
    std::uint16_t code;
    bool good;
};

TEST(Decoder, RFC_6455_7_4_close_codes) {
    for (auto const& [code, good] : {
             CloseCase{0, false}, {999, false},  {1000, true},   {1001, true},  {1002, true},
             {1003, true},        {1004, false}, {1005, false},  {1006, false}, {1007, true},
             {1008, true},        {1009, true},  {1010, true},   {1011, true},  {1012, true},
             {1013, true},        {1014, true},  {1015, false},  {1016, false}, {1100, false},
             {2000, false},       {2999, false}, {3000, true},   {3999, true},  {4000, true},
             {4999, true},        {5000, false}, {65535, false},
         }) {
        auto const lines = decode(control(Opcode::kClose, close_payload(code, "bye")));
        EXPECT_EQ(lines, Lines{good ? fmt::format("close {} bye", code) : "failure 1002"}) << code;
    }
}

TEST(Decoder, close_frames_without_code_or_with_a_bad_body) {
    EXPECT_EQ(decode(control(Opcode::kClose, "")), Lines{"close 1005 "});
    EXPECT_EQ(decode(control(Opcode::kClose, "x")), Lines{"failure 1002"});
    EXPECT_EQ(decode(control(Opcode::kClose, close_payload(1000, "\xFF"))), Lines{"failure 1007"});
    EXPECT_EQ(decode(control(Opcode::kClose, close_payload(1000, "\xC3"))), Lines{"failure 1007"});
    EXPECT_EQ(decode(control(Opcode::kClose, close_payload(1000, std::string(123, 'r')))),
              Lines{"close 1000 " + std::string(123, 'r')});
}

TEST(Decoder, nothing_is_an_event_after_close_or_failure) {
    EXPECT_EQ(decode(control(Opcode::kClose, "") + text("late")), Lines{"close 1005 "});
    EXPECT_EQ(decode(std::string("\x83", 1) + text("late")), Lines{"failure 1002"});
    EXPECT_EQ(decode(part(Opcode::kText, "open") + control(Opcode::kClose, "") + last("late")),
              Lines{"close 1005 "});
}

TEST(Decoder, breaking_the_order_of_fragments_fails) {
    EXPECT_EQ(decode(last("x")), Lines{"failure 1002"});
    EXPECT_EQ(decode(part(Opcode::kContinuation, "x")), Lines{"failure 1002"});
    EXPECT_EQ(decode(part(Opcode::kText, "a") + text("b")), Lines{"failure 1002"});
    EXPECT_EQ(decode(part(Opcode::kText, "a") + last("b") + last("c")),
              (Lines{"text ab", "failure 1002"}));
}

TEST(Decoder, text_is_checked_across_fragments_and_cuts) {
    EXPECT_EQ(decode(text("नमस्ते 😀")), Lines{"text नमस्ते 😀"});
    EXPECT_EQ(decode(part(Opcode::kText, "\xF0\x9F") + last("\x98\x80")), Lines{"text 😀"});
    EXPECT_EQ(decode(text("ok") + text("\xED\xA0\x80")), (Lines{"text ok", "failure 1007"}));
    EXPECT_EQ(decode(text("\xF0\x9F\x98")), Lines{"failure 1007"});
    EXPECT_EQ(decode(part(Opcode::kText, "\xF0\x9F") + last("")), Lines{"failure 1007"});
    EXPECT_EQ(decode(client_frame({.opcode = Opcode::kBinary}, "\xFF\xFE")),
              Lines{"binary \xFF\xFE"});
    EXPECT_EQ(decode(part(Opcode::kText, "\xC3") + control(Opcode::kPing, "\xFF") + last("\xA9")),
              (Lines{"ping \xFF", "text é"}));
}

// Feeds until something fails and returns how many bytes that took.
std::size_t bytes_until_failure(std::string bytes, DecoderSetup const& setup = {}) {
    Decoder decoder(setup.options, setup.compression);
    EventLog log;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        decoder.feed(std::span(bytes).subspan(i, 1), log);
        if (decoder.finished()) return i + 1;
    }
    return 0;
}

TEST(Decoder, bad_text_fails_at_its_first_bad_byte) {
    auto const head = part(Opcode::kText, "abc").size();
    EXPECT_EQ(bytes_until_failure(part(Opcode::kText, "abc\xFFzzzzzz")), head + 1);
    EXPECT_EQ(bytes_until_failure(text("\xCE\xBA\xED\xA0\x80 edited")), 6u + 4u);
    EXPECT_EQ(bytes_until_failure(part(Opcode::kText, "\xF4") + last("\x90\x80\x80")),
              7u + 6u + 1u);
}

TEST(Decoder, a_message_above_the_limit_fails_at_its_header) {
    DecoderSetup setup;
    setup.options.message_bytes_max = 1000;
    std::string const fits(1000, 'x');
    EXPECT_EQ(decode(text(fits), setup), Lines{"text " + fits});
    EXPECT_EQ(decode(text(fits + "x"), setup), Lines{"failure 1009"});
    EXPECT_EQ(bytes_until_failure(text(fits + "x"), setup), 4u);
    EXPECT_EQ(decode(part(Opcode::kText, fits) + last(""), setup), Lines{"text " + fits});
    EXPECT_EQ(decode(part(Opcode::kText, fits) + last("x"), setup), Lines{"failure 1009"});
    EXPECT_EQ(bytes_until_failure(part(Opcode::kText, fits) + last("x"), setup), 8u + 1000u + 2u);
}

std::string fragmented(std::size_t count) {
    auto bytes = part(Opcode::kBinary, "");
    for (std::size_t i = 2; i < count; ++i) bytes += part(Opcode::kContinuation, "x");
    return bytes + last("");
}

TEST(Decoder, a_message_of_65536_fragments_works_and_one_more_fails) {
    EXPECT_EQ(decode_whole({}, fragmented(65'536)), Lines{"binary " + std::string(65'534, 'x')});
    EXPECT_EQ(decode_whole({}, fragmented(65'537)), Lines{"failure 1009"});
    DecoderSetup setup;
    setup.options.fragments_max = 3;
    EXPECT_EQ(decode(fragmented(3) + fragmented(3), setup), (Lines{"binary x", "binary x"}));
    EXPECT_EQ(decode(fragmented(4), setup), Lines{"failure 1009"});
}

class AddressLog final : public Events {
public:
    void on_text(std::string_view text) override { at = text.data(); }
    void on_binary(std::string_view bytes) override { at = bytes.data(); }
    void on_ping(std::string_view payload) override { at = payload.data(); }
    void on_pong(std::string_view payload) override { at = payload.data(); }
    void on_close(std::uint16_t, std::string_view) override {}
    void on_failure(Violation const&) override {}
    char const* at = nullptr;
};

TEST(Decoder, a_whole_message_is_read_in_place_and_needs_no_memory) {
    DecoderOptions const options;
    Decoder decoder(options, Compression::kNone);
    AddressLog log;
    auto bytes = text("hello");
    decoder.feed(bytes, log);
    EXPECT_EQ(log.at, bytes.data() + 6);
    EXPECT_EQ(decoder.buffered_bytes(), 0u);
}

TEST(Decoder, memory_is_held_only_while_a_message_is_incomplete) {
    DecoderOptions const options;
    for (auto const& message :
         {text(std::string(5000, 'x')), control(Opcode::kPing, "hello"),
          part(Opcode::kText, "a") + control(Opcode::kPong, "") + last("b")}) {
        Decoder decoder(options, Compression::kNone);
        EventLog log;
        auto bytes = message;
        decoder.feed(std::span(bytes).first(bytes.size() - 1), log);
        EXPECT_GT(decoder.buffered_bytes(), 0u);
        decoder.feed(std::span(bytes).last(1), log);
        EXPECT_EQ(decoder.buffered_bytes(), 0u);
    }
}

TEST(Decoder, an_announced_size_costs_no_memory_before_the_bytes_come) {
    DecoderOptions options;
    options.message_bytes_max = 1 << 30;
    Decoder decoder(options, Compression::kNone);
    EventLog log;
    std::string bytes("\x82\xFF\0\0\0\0\x3F\xFF\xFF\xFF\1\2\3\4x", 15);
    decoder.feed(bytes, log);
    EXPECT_LT(decoder.buffered_bytes(), 8192u);
}

class PausingLog final : public Events {
public:
    explicit PausingLog(Decoder& decoder) : decoder_(decoder) {}
    void on_text(std::string_view text) override {
        texts.emplace_back(text);
        decoder_.pause();
    }
    void on_binary(std::string_view) override {}
    void on_ping(std::string_view) override {}
    void on_pong(std::string_view) override {}
    void on_close(std::uint16_t, std::string_view) override {}
    void on_failure(Violation const&) override {}
    std::vector<std::string> texts;

private:
    Decoder& decoder_;
};

TEST(Decoder, a_pause_keeps_the_rest_untouched_for_the_next_feed) {
    DecoderOptions const options;
    Decoder decoder(options, Compression::kNone);
    PausingLog log(decoder);
    auto bytes = text("one") + part(Opcode::kText, "t") + last("wo") + text("three");
    std::span<char> rest = bytes;
    for (std::size_t turn = 1; turn <= 3; ++turn) {
        rest = rest.subspan(decoder.feed(rest, log));
        EXPECT_EQ(log.texts.size(), turn);
    }
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(log.texts, (Lines{"one", "two", "three"}));
}

class DeflateDecoder : public testing::Test {
protected:
    DeflateDecoder() {
        setup_.options.inflater = &inflater_;
        setup_.options.message_bytes_max = 100'000;
        setup_.compression = Compression::kDeflate;
    }

    std::string compressed(Opcode opcode, std::string_view payload) {
        return client_frame({.opcode = opcode, .compressed = true}, deflater_.deflate(payload));
    }

    Inflater inflater_;
    Deflater deflater_;
    DecoderSetup setup_;
};

TEST_F(DeflateDecoder, RFC_7692_7_2_3_examples) {
    auto client = setup_;
    client.options.role = Role::kClient;
    for (std::string_view const hello : {
             std::string_view("\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00", 9),
             std::string_view("\x41\x03\xf2\x48\xcd\x80\x04\xc9\xc9\x07\x00", 11),
             std::string_view("\xc1\x0b\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 13),
             std::string_view("\xc1\x08\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 10),
             std::string_view("\xc1\x0d\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 15),
         }) {
        EXPECT_EQ(decode(hello, client), Lines{"text Hello"});
    }
}

TEST_F(DeflateDecoder, compressed_and_plain_messages_mix) {
    std::string const long_text(50'000, 'z');
    EXPECT_EQ(decode(compressed(Opcode::kText, long_text) + text("plain") +
                         compressed(Opcode::kBinary, "\xFF") + compressed(Opcode::kText, ""),
                     setup_),
              (Lines{"text " + long_text, "text plain", "binary \xFF", "text "}));
}

TEST_F(DeflateDecoder, a_compressed_message_may_be_fragmented) {
    auto const payload = std::string(deflater_.deflate("fragmented and compressed"));
    EXPECT_EQ(decode(client_frame({.fin = false, .compressed = true}, payload.substr(0, 5)) +
                         control(Opcode::kPing, "") + part(Opcode::kContinuation, "") +
                         last(payload.substr(5)),
                     setup_),
              (Lines{"ping ", "text fragmented and compressed"}));
}

TEST_F(DeflateDecoder, what_a_compressed_message_hides_is_judged_too) {
    EXPECT_EQ(decode(compressed(Opcode::kText, "\xED\xA0\x80"), setup_), Lines{"failure 1007"});
    EXPECT_EQ(decode(compressed(Opcode::kBinary, std::string(100'001, 'x')), setup_),
              Lines{"failure 1009"});
    EXPECT_EQ(decode(client_frame({.compressed = true}, "\xFF\xFF\xFF"), setup_),
              Lines{"failure 1007"});
    EXPECT_EQ(
        decode(client_frame({.compressed = true}, std::string_view("\xf2\x48\xcd\xc9", 4)), setup_),
        Lines{"failure 1007"});
}

TEST_F(DeflateDecoder, an_uncompressed_message_keeps_its_own_limit) {
    EXPECT_EQ(decode_whole(setup_, text(std::string(100'001, 'x'))), Lines{"failure 1009"});
    EXPECT_EQ(bytes_until_failure(text(std::string(100'001, 'x')), setup_), 10u);
}

TEST_F(DeflateDecoder, what_does_not_compress_may_be_as_long_as_the_limit) {
    std::mt19937 random(1);
    std::string noise(100'000, '\0');
    for (auto& byte : noise) byte = static_cast<char>(random());
    EXPECT_EQ(decode_whole(setup_, compressed(Opcode::kBinary, noise)), Lines{"binary " + noise});
}

}  // namespace
}  // namespace sewa::ws
