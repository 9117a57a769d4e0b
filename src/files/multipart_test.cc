#include "files/multipart.h"

#include <gtest/gtest.h>

#include <vector>

#include "files/header_parameters.h"

namespace sewa::files {
namespace {

struct Part {
    PartHead head;
    std::string content;
    bool is_ended = false;
};

class Parts final : public PartSink {
public:
    Status on_part(PartHead const& head) override {
        parts.push_back({head, {}, false});
        return {};
    }
    Status on_part_bytes(std::string_view bytes) override {
        parts.back().content += bytes;
        largest = std::max(largest, bytes.size());
        return {};
    }
    Status on_part_end() override {
        parts.back().is_ended = true;
        return {};
    }

    std::vector<Part> parts;
    std::size_t largest = 0;
};

struct Parsed {
    Status status;
    std::vector<Part> parts;
};

Parsed parse(std::string_view body, std::size_t piece, MultipartLimits limits = {}) {
    Parts sink;
    MultipartParser parser("XX", sink, limits);
    Status status;
    for (std::size_t from = 0; from < body.size() && status; from += piece) {
        status = parser.parse(body.substr(from, piece));
    }
    if (status) status = parser.finish();
    return {status, sink.parts};
}

std::string part(std::string_view head, std::string_view content) {
    return "--XX\r\n" + std::string(head) + "\r\n\r\n" + std::string(content) + "\r\n";
}

constexpr std::string_view kFileHead =
    "Content-Disposition: form-data; name=\"file\"; filename=\"a b.txt\"\r\n"
    "Content-Type: Text/Plain";
constexpr std::string_view kFieldHead = "content-disposition:form-data; name=field";

TEST(Multipart, the_parts_are_the_same_however_the_bytes_arrive) {
    std::string const tricky = "one\r\n--X\r\n--XY\r\n\r\r\n--\r\n-\r";
    auto const body = part(kFileHead, tricky) + part(kFieldHead, "") + "--XX--\r\n";
    for (std::size_t piece = 1; piece <= body.size(); ++piece) {
        auto const [status, parts] = parse(body, piece);
        ASSERT_TRUE(status) << status.error().message << " in pieces of " << piece;
        ASSERT_EQ(parts.size(), 2u);
        EXPECT_EQ(parts[0].head.name, "file");
        EXPECT_EQ(parts[0].head.file_name, "a b.txt");
        EXPECT_EQ(parts[0].head.content_type, "text/plain");
        EXPECT_EQ(parts[0].content, tricky);
        EXPECT_EQ(parts[1].head.name, "field");
        EXPECT_FALSE(parts[1].head.file_name);
        EXPECT_TRUE(parts[0].is_ended && parts[1].is_ended && parts[1].content.empty());
    }
}

TEST(Multipart, what_two_readers_could_read_differently_is_refused) {
    std::string const file(kFileHead);
    std::vector<std::string> const bodies{
        "",
        "preamble\r\n" + part(kFileHead, "x") + "--XX--",
        part(kFileHead, "x"),
        part(kFileHead, "x") + "--XX",
        part(kFileHead, "x") + "--XX-\r\n",
        part(kFileHead, "x") + "--XXtail\r\n",
        part("Content-Type: text/plain", "x") + "--XX--",
        part("", "x") + "--XX--",
        part("Content-Disposition: attachment; name=\"file\"", "x") + "--XX--",
        part("Content-Disposition: form-data", "x") + "--XX--",
        part("Content-Disposition: form-data; name=\"\"", "x") + "--XX--",
        part("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "x") + "--XX--",
        part("Content-Disposition: form-data; name=\"a", "x") + "--XX--",
        part(file + "\r\n" + file, "x") + "--XX--",
        part(file + "\r\n folded", "x") + "--XX--",
        part(file + "\r\nContent-Transfer-Encoding: base64", "x") + "--XX--",
        part("Content-Disposition: form-data; name=a\r\nContent-Type: multipart/mixed", "x") +
            "--XX--",
        part(file + "\r\nX: " + std::string(2100, 'x'), "x") + "--XX--",
    };
    for (auto const& body : bodies) {
        for (std::size_t const piece : {std::size_t{1}, std::size_t{7}, body.size() + 1}) {
            auto const parsed = parse(body, piece);
            ASSERT_FALSE(parsed.status) << body;
            EXPECT_EQ(parsed.status.error().code, Errc::kBadRequest);
        }
    }
}

TEST(Multipart, the_number_of_parts_is_bounded) {
    std::string body;
    for (int i = 0; i < 3; ++i) body += part(kFieldHead, "x");
    EXPECT_TRUE(parse(body + "--XX--", 10, {.parts_max = 3}).status);
    EXPECT_FALSE(parse(body + "--XX--", 10, {.parts_max = 2}).status);
}

TEST(Multipart, content_is_handed_on_in_slices_of_the_input) {
    Parts sink;
    MultipartParser parser("XX", sink);
    std::string content(64 * 1024, '\r');
    ASSERT_TRUE(parser.parse("--XX\r\n" + std::string(kFileHead) + "\r\n\r\n"));
    ASSERT_TRUE(parser.parse(content));
    EXPECT_GE(sink.largest, content.size() - 1);
    ASSERT_TRUE(parser.parse("\r\n--XX--"));
    EXPECT_EQ(sink.parts.at(0).content, content);
}

TEST(Multipart, the_sink_ends_the_body) {
    struct Refusing final : PartSink {
        Status on_part(PartHead const&) override { return {}; }
        Status on_part_bytes(std::string_view) override { return fail(Errc::kTooLarge, "enough"); }
        Status on_part_end() override { return {}; }
    } sink;
    MultipartParser parser("XX", sink);
    EXPECT_EQ(parser.parse(part(kFileHead, "x")).error().code, Errc::kTooLarge);
}

TEST(Multipart, names_in_quotes_may_hold_anything) {
    auto const parsed = parse_header_parameters(R"(form-data; name="a;b=\"c\\"; FileName="C:\x")");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed->find("name"), R"(a;b="c\)");
    EXPECT_EQ(*parsed->find("filename"), R"(C:\x)");
}

TEST(Boundary, is_one_to_seventy_plain_characters) {
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=abc").value(), "abc");
    EXPECT_EQ(boundary_of("Multipart/Form-Data; charset=x; boundary=\"a b\"").has_value(), false);
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=\"a'()+_,-./:=?\"").value(),
              "a'()+_,-./:=?");
    for (std::string const bad :
         {"multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=abc",
          "text/plain; boundary=abc", "multipart/form-data; boundary=a; boundary=b", ""}) {
        EXPECT_FALSE(boundary_of(bad)) << bad;
    }
    EXPECT_TRUE(boundary_of("multipart/form-data; boundary=" + std::string(70, 'b')));
    EXPECT_FALSE(boundary_of("multipart/form-data; boundary=" + std::string(71, 'b')));
}

}  // namespace
}  // namespace sewa::files
