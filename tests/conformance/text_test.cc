// Autobahn group 6: text is UTF-8, judged as early as possible.
#include <gtest/gtest.h>

#include "raw_client.h"

namespace sewa::conformance {
namespace {

using ws::Opcode;

constexpr char kGreek[] = "\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5";
constexpr char kSurrogate[] = "\xED\xA0\x80";

TEST(Text, group_6_1_empty_fragments_carry_nothing) {
    expect_echo(text(""), {"text "});
    expect_echo(part(Opcode::kText, "") + part(Opcode::kContinuation, "") + last(""), {"text "});
    expect_echo(part(Opcode::kText, "") + part(Opcode::kContinuation, "middle") + last(""),
                {"text middle"});
}

TEST(Text, group_6_2_code_points_may_be_cut_by_fragments_and_packets) {
    std::string const payload = "Hello-µ@ßöäüàá-UTF-8!!";
    expect_echo(text(payload), {"text " + payload});
    expect_echo(fragments(Opcode::kText, payload, 1), {"text " + payload});
    expect_echo(fragments(Opcode::kText, kGreek, 1), {"text " + std::string(kGreek)}, 1);
}

TEST(Text, group_6_3_bad_text_fails_whole_or_cut) {
    auto const bad = std::string(kGreek) + kSurrogate + "edited";
    expect_failure(text(bad), {}, 1007);
    expect_failure(fragments(Opcode::kText, bad, 1), {}, 1007);
    expect_failure(fragments(Opcode::kText, bad, 1), {}, 1007, 1);
}

// The server must not wait for the rest, which never comes.
TEST(Text, group_6_4_bad_text_fails_before_its_message_is_complete) {
    expect_failure(part(Opcode::kText, kGreek) + part(Opcode::kContinuation, "\xF4\x90\x80\x80"),
                   {}, 1007);
    expect_failure(part(Opcode::kText, kGreek) + part(Opcode::kContinuation, "\xF4\x90"), {}, 1007);
    auto const whole = text(std::string(kGreek) + "\xF4\x90\x80\x80" + "edited");
    expect_failure(whole.substr(0, 6 + 11 + 2), {}, 1007);
    expect_failure(whole.substr(0, 6 + 11 + 2), {}, 1007, 1);
}

struct Sample {
    std::string_view bytes;
    bool valid;
};

using namespace std::literals;

TEST(Text, groups_6_5_to_6_23_the_tables_of_valid_and_invalid_sequences) {
    for (auto const& [bytes, valid] : {
             Sample{"\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5"sv, true},
             {"\xCE"sv, false},
             {"\xCE\xBA\xE1"sv, false},
             {"\xCE\xBA\xE1\xBD"sv, false},
             {"\x00"sv, true},
             {"\xC2\x80"sv, true},
             {"\xE0\xA0\x80"sv, true},
             {"\xF0\x90\x80\x80"sv, true},
             {"\xF8\x88\x80\x80\x80"sv, false},
             {"\xFC\x84\x80\x80\x80\x80"sv, false},
             {"\x7F"sv, true},
             {"\xDF\xBF"sv, true},
             {"\xEF\xBF\xBF"sv, true},
             {"\xF4\x8F\xBF\xBF"sv, true},
             {"\xF7\xBF\xBF\xBF"sv, false},
             {"\xFB\xBF\xBF\xBF\xBF"sv, false},
             {"\xED\x9F\xBF"sv, true},
             {"\xEE\x80\x80"sv, true},
             {"\xEF\xBF\xBD"sv, true},
             {"\xF4\x90\x80\x80"sv, false},
             {"\x80"sv, false},
             {"\xBF"sv, false},
             {"\x80\xBF\x80\xBF"sv, false},
             {"\xC0 \xC1 "sv, false},
             {"\xE0 \xE1 "sv, false},
             {"\xF0 \xF1 "sv, false},
             {"\xF8 \xFC "sv, false},
             {"\xC0"sv, false},
             {"\xE0\x80"sv, false},
             {"\xF0\x80\x80"sv, false},
             {"\xDF"sv, false},
             {"\xEF\xBF"sv, false},
             {"\xF7\xBF\xBF"sv, false},
             {"\xFE"sv, false},
             {"\xFF"sv, false},
             {"\xC0\xAF"sv, false},
             {"\xE0\x80\xAF"sv, false},
             {"\xF0\x80\x80\xAF"sv, false},
             {"\xC1\xBF"sv, false},
             {"\xE0\x9F\xBF"sv, false},
             {"\xF0\x8F\xBF\xBF"sv, false},
             {"\xC0\x80"sv, false},
             {"\xED\xA0\x80"sv, false},
             {"\xED\xAF\xBF"sv, false},
             {"\xED\xB0\x80"sv, false},
             {"\xED\xBF\xBF"sv, false},
             {"\xED\xA0\x80\xED\xB0\x80"sv, false},
             {"\xEF\xBF\xBE"sv, true},
             {"\xF0\x9F\xBF\xBE"sv, true},
             {"\xF3\xBF\xBF\xBF"sv, true},
         }) {
        for (std::size_t const chop : {0, 1}) {
            if (valid) {
                expect_echo(text(bytes), {"text " + std::string(bytes)}, chop);
            } else {
                expect_failure(text(bytes), {}, 1007, chop);
            }
        }
    }
}

TEST(Text, binary_is_not_judged) {
    expect_echo(binary(kSurrogate), {"binary " + std::string(kSurrogate)});
}

}  // namespace
}  // namespace sewa::conformance
