#include "wire/rest_objects.h"

#include "wire/encode.h"
#include "wire/golden_for_test.h"

namespace sewa::wire {
namespace {

constexpr WallMs kTime{1'767'225'600'000};  // 2026-01-01
constexpr UserId kAsha{42}, kBina{7};

class RestObjectsTest : public testing::Test {
protected:
    RestObjectsTest() {
        MessageBody body;
        body.head = {ConversationId{1}, ConvSeq{12}, Pos{981}, kBina, kTime};
        body.sender = &bina_;
        body.content = "hi \"दिदी\"";
        message_.id = MessageId{981};
        message_.conversation = ConversationId{1};
        message_.conv_seq = ConvSeq{12};
        message_.sender = kBina;
        message_.data = std::string(data_of(encode_message(body)));

        view_.id = ConversationId{1};
        view_.provider = kBina;
        view_.customer = kAsha;
        view_.participants = {bina_, asha_};
        view_.participant_count = 2;
        view_.service = Service{ServiceId{3}, kBina, "Haircut", "beauty", "", "500"};
        view_.created_at = view_.updated_at = kTime;
        view_.last_conv_seq = ConvSeq{12};
        view_.last_message = message_;
        view_.unread_count = 4;
        view_.markers = {{kAsha, ConvSeq{5}, ConvSeq{6}}, {kBina, ConvSeq{12}, ConvSeq{12}}};
    }

    simdjson::dom::element parsed(std::string const& text) {
        simdjson::dom::element element;
        auto const failure = parser_.parse(simdjson::padded_string(text)).get(element);
        EXPECT_EQ(failure, simdjson::SUCCESS) << text;
        return element;
    }
    simdjson::dom::element message(UserId viewer, std::vector<store::Marker> const& markers = {}) {
        std::string out;
        append_message_object(out, message_, markers, viewer);
        return parsed(out);
    }
    simdjson::dom::element conversation(UserId viewer) {
        std::string out;
        append_conversation_object(out, view_, viewer);
        return parsed(out);
    }

    simdjson::dom::parser parser_;
    Person asha_{kAsha, "Asha", "Asha", "Rai", "", Role::kCustomer};
    Person bina_{kBina, "Bina", "", "", "", Role::kProvider};
    store::MessageView message_;
    store::ConversationView view_;
};

TEST_F(RestObjectsTest, a_message_has_every_key_that_the_protocol_names) {
    auto const object = message(kAsha);
    for (auto const* const key : {"id",
                                  "conversation_id",
                                  "conversation",
                                  "conv_seq",
                                  "pos",
                                  "client_msg_id",
                                  "content",
                                  "text",
                                  "sender",
                                  "message_type",
                                  "status",
                                  "reply_to",
                                  "attachments",
                                  "created_at",
                                  "timestamp",
                                  "attachment",
                                  "attachment_url",
                                  "read_statuses",
                                  "is_read",
                                  "is_flagged",
                                  "is_deleted",
                                  "deletion_type",
                                  "is_deleted_for_user",
                                  "edited_at",
                                  "rev",
                                  "reactions"}) {
        EXPECT_EQ(object[key].error(), simdjson::SUCCESS) << key;
    }
    EXPECT_TRUE(object["edited_at"].is_null());
    EXPECT_TRUE(object["deletion_type"].is_null());
}

TEST_F(RestObjectsTest, a_message_is_read_when_the_marker_of_another_has_passed_it) {
    EXPECT_FALSE(message(kBina, {{kAsha, ConvSeq{11}, {}}})["is_read"].get_bool().value());
    EXPECT_TRUE(message(kBina, {{kAsha, ConvSeq{12}, {}}})["is_read"].get_bool().value());
    auto const statuses = message(kBina, view_.markers)["read_statuses"].get_array().value();
    EXPECT_EQ(statuses.size(), 0u);  // Asha has not read it; Bina's own marker says nothing.
}

TEST_F(RestObjectsTest, deletes_edits_and_reactions_show) {
    message_.is_deleted = true;
    message_.edited_at = kTime;
    message_.rev = 2;
    message_.reactions = {{"👍", {kAsha, kBina}}};
    auto const object = message(kAsha);
    EXPECT_EQ(object["deletion_type"].get_string().value(), "everyone");
    EXPECT_EQ(object["edited_at"].get_string().value(), "2026-01-01T00:00:00.000Z");
    EXPECT_EQ(object["rev"].get_int64().value(), 2);
    EXPECT_EQ(simdjson::minify(object["reactions"].value()),
              R"([{"emoji":"👍","user_ids":[42,7]}])");
    message_.is_deleted = false;
    message_.is_deleted_for_user = true;
    EXPECT_EQ(message(kAsha)["deletion_type"].get_string().value(), "self");
}

TEST_F(RestObjectsTest, a_conversation_has_every_key_that_the_protocol_names) {
    auto const object = conversation(kAsha);
    for (auto const* const key : {"id",
                                  "kind",
                                  "title",
                                  "participants",
                                  "service",
                                  "provider",
                                  "customer",
                                  "other_participant",
                                  "created_at",
                                  "updated_at",
                                  "last_message_at",
                                  "last_message_preview",
                                  "last_message",
                                  "is_active",
                                  "is_blocked",
                                  "is_archived",
                                  "is_pinned",
                                  "is_muted",
                                  "provider_archived",
                                  "customer_archived",
                                  "unread_count",
                                  "last_conv_seq",
                                  "read_up_to",
                                  "delivered_up_to",
                                  "read_markers",
                                  "latest_messages"}) {
        EXPECT_EQ(object[key].error(), simdjson::SUCCESS) << key;
    }
    EXPECT_EQ(object["unread_count"].get_int64().value(), 4);
    EXPECT_EQ(object["read_up_to"].get_int64().value(), 5);
    EXPECT_EQ(object["delivered_up_to"].get_int64().value(), 6);
    EXPECT_TRUE(object["service"]["slug"].is_null());
}

TEST_F(RestObjectsTest, the_other_participant_depends_on_the_viewer) {
    EXPECT_EQ(conversation(kAsha)["other_participant"]["id"].get_int64().value(), kBina.value);
    EXPECT_EQ(conversation(kBina)["other_participant"]["id"].get_int64().value(), kAsha.value);
    view_.kind = ConversationKind::kGroup;
    EXPECT_TRUE(conversation(kAsha)["other_participant"].is_null());
}

TEST_F(RestObjectsTest, the_preview_is_the_text_cut_between_characters_and_escapes) {
    EXPECT_EQ(conversation(kAsha)["last_message_preview"].get_string().value(), "hi \"दिदी\"");
    std::vector<std::string> const pieces{"क", "\\\"", "\\u0001", "😀"};
    for (auto const& piece : pieces) {
        for (std::size_t shift = 0; shift < 7; ++shift) {
            std::string content(shift, 'x');
            while (content.size() < 400) content += piece;
            view_.last_message->data = R"({"content":")" + content + R"(","id":1})";
            auto const object = conversation(kAsha);
            std::string_view preview;
            ASSERT_EQ(object["last_message_preview"].get_string().get(preview), simdjson::SUCCESS);
            EXPECT_LE(preview.size(), 170u);
            EXPECT_GE(preview.size(), 20u);
        }
    }
}

TEST_F(RestObjectsTest, without_a_message_the_preview_is_empty) {
    view_.last_message.reset();
    auto const object = conversation(kAsha);
    EXPECT_TRUE(object["last_message"].is_null());
    EXPECT_EQ(object["last_message_preview"].get_string().value(), "");
}

TEST_F(RestObjectsTest, lists_carry_count_and_links) {
    EXPECT_EQ(encode_list(2, {"/next", ""}, "[1,2]"),
              R"({"count":2,"next":"/next","previous":null,"results":[1,2]})");
    store::MessagePage page;
    page.messages = {message_, message_};
    EXPECT_EQ(parsed(encode_message_list(page, {}, kAsha)).get_array().value().size(), 2u);
}

TEST_F(RestObjectsTest, R_6_events_are_the_frames_as_sent_live) {
    store::EventsPage page;
    page.frames = {{Pos{1}, ConversationId{1}, ConvSeq{1}, SharedFrame::text(R"({"type":"a"})")},
                   {Pos{2}, ConversationId{1}, ConvSeq{2}, SharedFrame::text(R"({"type":"b"})")}};
    page.has_more = true;
    page.last_conv_seq = ConvSeq{9};
    EXPECT_EQ(encode_events(page),
              R"({"results":[{"type":"a"},{"type":"b"}],"has_more":true,"last_conv_seq":9,)"
              R"("snapshot_required":false})");
}

TEST_F(RestObjectsTest, presence_and_errors) {
    EXPECT_EQ(encode_presence({{asha_, std::nullopt}, {bina_, kTime}}, {kAsha}),
              R"({"users":[{"user_id":42,"user_name":"Asha","is_online":true,"last_seen":null},)"
              R"({"user_id":7,"user_name":"Bina","is_online":false,)"
              R"("last_seen":"2026-01-01T00:00:00.000Z"}]})");
    auto limited = error(Errc::kRateLimited, "slow down", "f");
    limited.retry_after_ms = 5;
    EXPECT_EQ(encode_rest_error(limited),
              R"({"code":"rate_limited","message":"slow down","detail":"slow down","field":"f",)"
              R"("retry_after_ms":5})");
    EXPECT_EQ(encode_rest_error(error(Errc::kNotFound, "gone")),
              R"({"code":"not_found","message":"gone","detail":"gone"})");
}

TEST_F(RestObjectsTest, a_message_is_read_for_those_who_read_it) {
    UserId const third{99};
    std::vector<store::Marker> const markers = {{kAsha, ConvSeq{12}, ConvSeq{12}}};
    auto const is_read = [&](UserId viewer) {
        return message(viewer, markers)["is_read"].get_bool().value();
    };
    EXPECT_TRUE(is_read(kBina)) << "the sender: somebody did";
    EXPECT_TRUE(is_read(kAsha)) << "they themselves did";
    EXPECT_FALSE(is_read(third)) << "others did";
}

TEST_F(RestObjectsTest, who_left_and_a_service_that_is_gone_are_null) {
    view_.service.reset();
    view_.participants = {asha_};
    view_.markers.clear();
    auto const object = conversation(kAsha);
    EXPECT_TRUE(object["service"].is_null());
    EXPECT_TRUE(object["provider"].is_null());
    EXPECT_TRUE(object["other_participant"].is_null());
    EXPECT_EQ(object["customer"]["id"].get_int64().value(), kAsha.value);
}

TEST_F(RestObjectsTest, a_membership_of_an_export_names_what_it_is) {
    store::PersonExport::Membership membership{.id = {1}, .service = {3}};
    EXPECT_EQ(encode_membership(membership),
              R"({"id":1,"kind":"direct","title":"","service_id":3,"has_left":false})");
    membership = {
        .id = {2}, .kind = ConversationKind::kGroup, .title = "a \"b\"", .has_left = true};
    EXPECT_EQ(encode_membership(membership),
              R"({"id":2,"kind":"group","title":"a \"b\"","service_id":null,"has_left":true})");
}

}  // namespace
}  // namespace sewa::wire
