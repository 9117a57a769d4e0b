#pragma once

#include "store/contract_test.h"

// Attachments: A-2, A-3, A-4, quotas and what becomes of the files.

namespace sewa::store {

class AttachmentContract : public StoreContract {
protected:
    static AddAttachment upload(UserId owner, std::string stored_name, std::int64_t digest = 1) {
        AddAttachment addition;
        addition.attachment.owner = owner;
        addition.attachment.stored_name = std::move(stored_name);
        addition.attachment.name = "photo.png";
        addition.attachment.content_type = "image/png";
        addition.attachment.bytes = 1 << 20;
        addition.attachment.digest = digest;
        addition.attachment.width = 640;
        addition.attachment.height = 480;
        return addition;
    }
    AttachmentId add(UserId owner, std::string stored_name, std::int64_t digest = 1) {
        return run(upload(owner, std::move(stored_name), digest)).value().attachment;
    }
    PostMessage with(PostMessage post, std::vector<AttachmentId> const& ids) {
        for (auto const id : ids) post.attachments.push_back(id.value);
        return post;
    }
    Result<Attachment> find(UserId user, AttachmentId id) {
        return read([&](Reader& r) { return r.attachment(user, id); });
    }
    std::vector<std::string> given_up() {
        std::vector<std::string> names;
        auto const rows = read([&](Reader& r) { return r.given_up_attachments(100); }).value();
        for (auto const& row : rows) names.push_back(row.stored_name);
        return names;
    }
};

TEST_P(AttachmentContract, A_1_what_was_uploaded_is_there_after_reopening) {
    auto const id = add(kCustomer, "f1");
    reopen();
    auto const found = find(kCustomer, id).value();
    EXPECT_EQ(found.stored_name, "f1");
    EXPECT_EQ(found.name, "photo.png");
    EXPECT_EQ(found.bytes, 1 << 20);
    EXPECT_EQ(found.width, 640u);
    EXPECT_EQ(found.created_at, clock_.wall());
}

TEST_P(AttachmentContract, A_2_a_message_carries_attachments_of_its_sender_once) {
    auto const id = open_conversation();
    auto const photo = add(kCustomer, "f1"), other = add(kCustomer, "f2");
    auto const foreign = add(kProvider, "f3");
    auto const refusal = [&](std::vector<AttachmentId> const& ids) {
        return run(with(message(id, kCustomer, "x"), ids)).error();
    };
    EXPECT_EQ(refusal({foreign}).field, "attachments");
    EXPECT_EQ(refusal({{4711}}).message, refusal({foreign}).message);
    EXPECT_EQ(refusal({photo, photo}).code, Errc::kBadRequest);
    EXPECT_TRUE(sink_.events().size() == 1) << "nothing but the opening";

    auto const sent = run(with(message(id, kCustomer, ""), {photo, other})).value();
    EXPECT_TRUE(frame_has(sent.frame, R"("content":"")"));
    EXPECT_TRUE(frame_has(sent.frame, R"("message_type":"image")"));
    EXPECT_TRUE(frame_has(sent.frame, R"("attachments":[{"id":1,"url":"/api/messaging/att)"));
    EXPECT_EQ(refusal({photo}).code, Errc::kBadRequest) << "sent already";
    EXPECT_TRUE(events(kProvider, id, {1}).frames.at(0).frame.payload() == sent.frame.payload());
    EXPECT_NE(history(kProvider, id).messages.at(0).data.find("photo.png"), std::string::npos);
}

TEST_P(AttachmentContract, A_2_no_more_than_ten) {
    auto const id = open_conversation();
    std::vector<AttachmentId> ids;
    for (int i = 0; i < 11; ++i) ids.push_back(add(kCustomer, "f" + std::to_string(i)));
    EXPECT_EQ(run(with(message(id, kCustomer, ""), ids)).error().field, "attachments");
    ids.pop_back();
    EXPECT_TRUE(run(with(message(id, kCustomer, ""), ids)));
}

TEST_P(AttachmentContract, M_2_same_key_and_files_are_the_same_message) {
    auto const id = open_conversation();
    auto const photo = add(kCustomer, "f1", 77), again = add(kCustomer, "f2", 77);
    auto const another = add(kCustomer, "f3", 78);
    auto const first = run(with(message(id, kCustomer, "x", "k"), {photo})).value();
    for (auto const repeat : {photo, again}) {
        auto const second = run(with(message(id, kCustomer, "x", "k"), {repeat})).value();
        EXPECT_TRUE(second.duplicate);
        EXPECT_EQ(second.pos, first.pos);
    }
    EXPECT_EQ(run(with(message(id, kCustomer, "x", "k"), {another})).error().code, Errc::kConflict);
    EXPECT_EQ(run(message(id, kCustomer, "x", "k")).error().code, Errc::kConflict);
    EXPECT_EQ(run(with(message(id, kCustomer, "y", "k"), {photo})).error().code, Errc::kConflict);
    EXPECT_FALSE(find(kProvider, again)) << "the repeat's own upload was not sent";
    EXPECT_FALSE(find(kProvider, another));
}

TEST_P(AttachmentContract, A_3_only_participants_see_what_was_sent) {
    auto const group = open_group({kCustomer, kProvider, kStranger});
    auto const id = add(kCustomer, "f1");
    EXPECT_TRUE(find(kCustomer, id));
    EXPECT_EQ(find(kProvider, id).error().code, Errc::kNotFound);
    run(with(message(group, kCustomer, ""), {id})).value();
    EXPECT_TRUE(find(kProvider, id));
    EXPECT_TRUE(find(kStranger, id));
    EXPECT_EQ(find({4711}, id).error().code, Errc::kNotFound);
    change(group, {}, ConversationChange::kParticipantRemoved, kStranger).value();
    EXPECT_EQ(find(kStranger, id).error().code, Errc::kNotFound);
    EXPECT_TRUE(read([&](Reader& r) { return r.attachment(id); })) << "with a link";
}

TEST_P(AttachmentContract, A_4_deleted_for_everyone_is_gone) {
    auto const id = open_conversation();
    auto const photo = add(kCustomer, "f1");
    auto const sent = run(with(message(id, kCustomer, ""), {photo})).value();
    run(DeleteMessage{sent.pos, kProvider, DeleteScope::kMe}).value();
    EXPECT_TRUE(find(kProvider, photo)) << "hiding removes nothing";
    EXPECT_TRUE(given_up().empty());
    run(DeleteMessage{sent.pos, kCustomer, DeleteScope::kAll}).value();
    EXPECT_EQ(find(kCustomer, photo).error().code, Errc::kNotFound);
    EXPECT_FALSE(read([&](Reader& r) { return r.attachment(photo); }));
    EXPECT_EQ(history(kProvider, id).messages.at(0).data.find("photo.png"), std::string::npos);
    reopen();
    EXPECT_EQ(given_up(), std::vector<std::string>{"f1"});
    run(ForgetAttachments{{photo}}).value();
    EXPECT_TRUE(given_up().empty());
}

TEST_P(AttachmentContract, A_4_what_is_never_sent_is_given_up) {
    auto const id = open_conversation();
    auto const sent = add(kCustomer, "sent");
    add(kCustomer, "old");
    run(with(message(id, kCustomer, ""), {sent})).value();
    clock_.advance(1000);
    auto const fresh = add(kCustomer, "fresh");
    EXPECT_FALSE(run(GiveUpAttachments{clock_.wall()})->duplicate);
    EXPECT_TRUE(run(GiveUpAttachments{clock_.wall()})->duplicate);
    EXPECT_EQ(given_up(), std::vector<std::string>{"old"});
    EXPECT_TRUE(find(kCustomer, sent) && find(kCustomer, fresh));
    run(ForgetAttachments{{sent}}).value();
    EXPECT_TRUE(find(kCustomer, sent)) << "only what was given up is forgotten";
    auto const unknown = read([&](Reader& r) {
        return r.unknown_files({"sent", "old", "fresh", "never"});
    });
    EXPECT_EQ(unknown.value(), std::vector<std::string>{"never"});
}

TEST_P(AttachmentContract, A_6_a_quota_counts_what_an_owner_has) {
    auto const with_quota = [](AddAttachment addition) {
        addition.owner_bytes_max = 2 << 20;
        return addition;
    };
    auto const first = run(with_quota(upload(kCustomer, "f1"))).value().attachment;
    EXPECT_TRUE(run(with_quota(upload(kCustomer, "f2"))));
    EXPECT_EQ(run(with_quota(upload(kCustomer, "f3"))).error().code, Errc::kTooLarge);
    EXPECT_TRUE(run(with_quota(upload(kProvider, "f4")))) << "each their own";
    auto const id = open_conversation();
    auto const sent = run(with(message(id, kCustomer, ""), {first})).value();
    run(DeleteMessage{sent.pos, kCustomer, DeleteScope::kAll}).value();
    EXPECT_TRUE(run(with_quota(upload(kCustomer, "f5")))) << "deleting makes room";
}

}  // namespace sewa::store
