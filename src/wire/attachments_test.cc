#include "wire/attachments.h"

#include <gtest/gtest.h>

#include "wire/encode.h"

namespace sewa::wire {
namespace {

store::Attachment photo() {
    store::Attachment attachment;
    attachment.id = {7};
    attachment.name = "a \"photo\"},{.png";
    attachment.content_type = "image/png";
    attachment.bytes = 5'000;
    attachment.width = 640;
    attachment.height = 480;
    attachment.preview = "data:image/webp;base64,AA==";
    return attachment;
}

store::Attachment voice() {
    store::Attachment attachment;
    attachment.id = {8};
    attachment.name = "voice.webm";
    attachment.content_type = "audio/webm";
    attachment.bytes = 12;
    attachment.duration_ms = 1500;
    attachment.waveform = "[0,50]";
    return attachment;
}

class Signer final : public store::LinkSigner {
public:
    std::string query_for(AttachmentId id) const override {
        return "?s=" + std::to_string(id.value);
    }
};

TEST(Attachments, has_every_key_that_the_protocol_names) {
    std::string out;
    append_attachment(out, photo());
    EXPECT_EQ(out, R"({"id":7,"url":"/api/messaging/attachments/7/file/",)"
                   R"("name":"a \"photo\"},{.png","content_type":"image/png","size":5000,)"
                   R"("width":640,"height":480,"duration_ms":null,"waveform":null,)"
                   R"("preview":"data:image/webp;base64,AA=="})");
    out.clear();
    append_attachment(out, voice());
    EXPECT_NE(out.find(R"("width":null,"height":null,"duration_ms":1500,"waveform":[0,50],)"
                       R"("preview":null})"),
              out.npos);
}

std::string message_with(std::string_view content, std::string_view attachments) {
    Person const asha{{42}, "Asha", "Asha", "Rai", "", Role::kCustomer};
    return encode_message({.head = {{1}, {2}, {3}, {42}, {0}},
                           .sender = &asha,
                           .content = content,
                           .attachments_json = attachments});
}

TEST(Attachments, links_are_signed_in_what_the_server_encoded) {
    std::vector<store::Attachment> const both{photo(), voice()};
    auto const list = encode_attachments(both);
    auto const fake = R"("url":"/api/messaging/attachments/9/file/")";
    auto const frame = message_with(fake, list);
    auto const linked = with_links(frame, std::make_unique<Signer>().get());
    EXPECT_NE(linked.find(R"(/7/file/?s=7","name")"), linked.npos);
    EXPECT_NE(linked.find(R"(/8/file/?s=8","name")"), linked.npos);
    EXPECT_EQ(linked.find("?s=9"), linked.npos) << "a text that looks like a link is a text";
    EXPECT_EQ(linked.size(), frame.size() + 8);
    EXPECT_EQ(with_links(frame, nullptr), frame);
}

TEST(Attachments, the_first_of_a_message_is_found) {
    std::vector<store::Attachment> const both{photo(), voice()};
    auto const frame = message_with(R"(,"attachments":[{"id":9}])", encode_attachments(both));
    auto const first = first_attachment(data_of(frame));
    std::string expected;
    append_attachment(expected, photo());
    EXPECT_EQ(first.object, expected);
    EXPECT_EQ(first.url, R"("/api/messaging/attachments/7/file/")");
    auto const plain = message_with("text", "[]");
    EXPECT_EQ(first_attachment(data_of(plain)).object, "null");
    EXPECT_EQ(first_attachment(data_of(plain)).url, "null");
}

TEST(Attachments, what_damage_left_of_a_message_is_no_crash) {
    std::vector<store::Attachment> const both{photo(), voice()};
    auto const frame = message_with("text", encode_attachments(both));
    Signer const signer;
    for (std::size_t cut = 0; cut <= frame.size(); ++cut) {
        auto const damaged = std::string_view(frame).substr(0, cut);
        EXPECT_GE(with_links(damaged, &signer).size(), damaged.size());
        auto const first = first_attachment(damaged);
        EXPECT_FALSE(first.object.empty());
        EXPECT_FALSE(first.url.empty());
    }
}

TEST(Attachments, the_first_says_what_the_message_is) {
    using List = std::vector<store::Attachment>;
    auto file = voice();
    file.content_type = "application/pdf";
    EXPECT_EQ(message_type_of(List{}, MessageType::kText), MessageType::kText);
    EXPECT_EQ(message_type_of(List{photo(), voice()}, MessageType::kText), MessageType::kImage);
    EXPECT_EQ(message_type_of(List{voice()}, MessageType::kText), MessageType::kVoice);
    EXPECT_EQ(message_type_of(List{file}, MessageType::kText), MessageType::kFile);
}

}  // namespace
}  // namespace sewa::wire
