#include "files/file_type.h"

#include <gtest/gtest.h>

namespace sewa::files {
namespace {

using namespace std::string_literals;

struct Sample {
    std::string head;
    std::string name;
    std::string declared;
    std::string type;  // Empty: refused.
};

std::string decided(Sample const& sample) {
    auto const type = decide_type(sample.head, sample.name, sample.declared);
    if (!type) {
        EXPECT_EQ(type.error().code, Errc::kContentRefused);
    }
    return type ? std::string((*type)->content_type) : "";
}

std::string const kPng = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s;
std::string const kJpeg = "\xFF\xD8\xFF\xE0\0\x10JFIF"s;
std::string const kWebm = "\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm"s;
std::string const kMp4 =
    "\0\0\0\x18"
    "ftypmp42\0\0\0\0"s;
std::string const kZip = "PK\x03\x04\x14\0\x06\0\x08\0"s;
std::string const kOle = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"s;

std::string const kDocx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

TEST(FileType, the_content_decides) {
    for (auto const& sample : std::vector<Sample>{
             {kPng, "a.png", "image/png", "image/png"},
             {kPng, "a", "", "image/png"},
             {kPng, "A.PNG", "application/octet-stream", "image/png"},
             {kJpeg, "a.jpeg", "image/jpg", "image/jpeg"},
             {"GIF89a....", "a.gif", "image/gif", "image/gif"},
             {"RIFF\x10\0\0\0WEBPVP8 "s, "a.webp", "image/webp", "image/webp"},
             {"RIFF\x10\0\0\0WAVEfmt "s, "a.wav", "audio/x-wav", "audio/wav"},
             {"%PDF-1.7\n", "a.pdf", "application/pdf", "application/pdf"},
             {"ID3\x04\0\0"s, "a.mp3", "audio/mp3", "audio/mpeg"},
             {"\xFF\xFB\x90\x64\0"s, "a.mp3", "audio/mpeg", "audio/mpeg"},
             {"OggS\0\x02"s, "a.ogg", "audio/ogg; codecs=opus", "audio/ogg"},
             {kWebm, "voice.webm", "audio/webm;codecs=opus", "audio/webm"},
             {kWebm, "film.webm", "video/webm", "video/webm"},
             {kWebm, "film.webm", "", "video/webm"},
             {kMp4, "voice.m4a", "audio/x-m4a", "audio/mp4"},
             {kMp4, "voice.m4a", "", "audio/mp4"},
             {kMp4, "film.mp4", "video/mp4", "video/mp4"},
             {"\0\0\0\x18"
              "ftypM4A \0\0"s,
              "voice.m4a", "audio/mp4", "audio/mp4"},
             {kZip + "word/document.xml[Content_Types].xml", "a.docx", "", kDocx},
             {kZip + "a.txt", "a.zip", "application/x-zip-compressed", "application/zip"},
             {kOle, "a.xls", "application/vnd.ms-excel", "application/vnd.ms-excel"},
             {"hello, नमस्ते\n", "a.txt", "text/plain", "text/plain"},
             {"a,b\n1,2\n", "a.csv", "text/csv", "text/plain"},
         }) {
        EXPECT_EQ(decided(sample), sample.type) << sample.name << " " << sample.declared;
    }
}

TEST(FileType, what_lies_about_its_type_is_refused) {
    for (auto const& sample : std::vector<Sample>{
             {kPng, "a.jpg", "image/jpeg", ""},
             {"MZ\x90\0\x03"s, "a.png", "image/png", ""},
             {"%PDF-1.7\n", "photo.png", "image/png", ""},
             {kPng, "a.png", "text/html", ""},
             {kPng, "a.png", "application/pdf", ""},
             {kPng, "a.svg", "image/svg+xml", ""},
             {kZip + "word/", "a.exe", "", ""},
             {kOle, "setup.msi", "", ""},
             {"hello\n", "a.html", "text/html", ""},
             {"hello\n", "a.js", "", ""},
         }) {
        EXPECT_EQ(decided(sample), "") << sample.name << " " << sample.declared;
    }
}

TEST(FileType, nothing_that_a_browser_could_run_is_accepted) {
    for (std::string const content :
         {"<svg xmlns='http://www.w3.org/2000/svg'/>", "<!DOCTYPE html>", "\xEF\xBB\xBF <html>",
          "<?xml version='1.0'?>", "\n\t<script>alert(1)</script>", "<!-- -->"}) {
        for (std::string const name : {"a.svg", "a.html", "a.txt", "a", "a.png"}) {
            EXPECT_EQ(decided({content, name, "", ""}), "") << content << " as " << name;
        }
    }
}

TEST(FileType, unknown_content_is_refused) {
    for (auto const& content : {"\x7F"
                                "ELF\x02"s,
                                "\0\0\0\x18"
                                "ftypheic"s,
                                "\x1A\x45\xDF\xA3matroska"s, "text with a \0 in it"s, "\xC3\x28"s,
                                "Rar!\x1A\x07"s, ""s, "RIFF\0\0\0\0AVI "s}) {
        EXPECT_EQ(decided({content, "a", "", ""}), "");
    }
}

TEST(FileType, only_pictures_and_sound_are_shown_in_place) {
    for (auto const type : {"image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg",
                            "audio/webm", "video/mp4"}) {
        EXPECT_TRUE(may_be_inline(type)) << type;
    }
    for (auto const type : {"application/pdf", "text/plain", "image/svg+xml", "text/html",
                            "application/zip", "", "image/png; x"}) {
        EXPECT_FALSE(may_be_inline(type)) << type;
    }
}

TEST(FileName, tricks_are_refused) {
    for (auto const& name : {"../../etc/passwd"s, "a/b.png"s, "a\\b.png"s, "a\0.png"s, "a\n.png"s,
                             "."s, ".."s, " "s, ""s, "\xFF.png"s, "a\x7F"s, "\u202E"s}) {
        auto const checked = checked_name(name);
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().code, Errc::kBadRequest);
        EXPECT_EQ(checked.error().field, "file");
    }
}

TEST(FileName, is_kept_as_people_wrote_it) {
    EXPECT_EQ(checked_name("फोटो १ (2).png").value(), "फोटो १ (2).png");
    EXPECT_EQ(checked_name("x\u202Egnp.exe").value(), "xgnp.exe");
    EXPECT_EQ(checked_name(" a.png. ").value(), "a.png");
    EXPECT_EQ(checked_name("\"quoted\"; a=b").value(), "\"quoted\"; a=b");
    std::string long_name;
    for (int i = 0; i < 100; ++i) long_name += "न";
    auto const shortened = checked_name(long_name + ".png").value();
    EXPECT_LE(shortened.size(), 200u);
    EXPECT_TRUE(shortened.ends_with("न.png")) << shortened;
    EXPECT_TRUE(has_allowed_extension("a.PDF") && has_allowed_extension("a"));
    EXPECT_FALSE(has_allowed_extension("a.svg") || has_allowed_extension("a.png.exe"));
}

}  // namespace
}  // namespace sewa::files
