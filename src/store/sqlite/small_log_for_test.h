#pragma once

#include <string>
#include <vector>

#include "store/sqlite/engine.h"

namespace sewa::store::sqlite {

inline PostMessage post_for_test(ConversationId conversation, UserId sender, std::string text) {
    return {.conversation = conversation,
            .sender = sender,
            .content = std::move(text),
            .client_msg_id = {},
            .reply_to = {},
            .type = MessageType::kText,
            .transport = Transport::kWebSocket,
            .attachments = {}};
}

// A log with something of everything. Conversation 1 is a direct one of 7 and 8, 2 a group that 9
// has left; the messages of 1 have positions 2 to 41. Attachment 1 was sent, 2 was not.
inline std::vector<Command> small_log_for_test() {
    ConversationId const direct{1}, group{2};
    std::vector<Command> all{UpsertPerson{{{7}, "Asha", "Asha", "Rai", "", Role::kCustomer}},
                             UpsertPerson{{{8}, "Bina", "Bina", "Gurung", "", Role::kProvider}},
                             UpsertService{{{100}, {8}, "Plumbing", "home", "plumbing", "500"}},
                             OpenConversation{{100}, {8}, {7}, "", "", Transport::kRest}};
    for (int i = 0; i < 40; ++i) {
        auto message = post_for_test(direct, {7 + i % 2}, "word" + std::to_string(i));
        message.client_msg_id = "k" + std::to_string(i);
        message.content += std::string(500, '.');
        all.push_back(std::move(message));
    }
    AddAttachment addition;
    addition.attachment.owner = {7};
    addition.attachment.bytes = 1000;
    for (auto const* const name : {"sent", "unsent"}) {
        addition.attachment.stored_name = name;
        all.push_back(addition);
    }
    auto with_file = post_for_test(direct, {7}, "a file");
    with_file.attachments = {1};
    all.insert(all.end(),
               {CreateGroup{"Team", {{7}, {8}, {9}}, {}}, post_for_test(group, {9}, "bye"),
                ChangeConversation{group, {}, ConversationChange::kParticipantRemoved, {9}, {}},
                ChangeConversation{direct, {7}, ConversationChange::kPinned, {}, {}}, with_file,
                EditMessage{{2}, {7}, "edited"}, React{{3}, {7}, "👍"},
                DeleteMessage{{4}, {7}, DeleteScope::kAll}, MarkRead{direct, {8}, {20}},
                ChangeAccess{{4711}, AccessVerb::kBan}, SaveWebhookCursor{{5}},
                CreateAccount{"maya", "hash", {}, {"family", "first", WallMs{kIdMax}}}});
    return all;
}

inline void apply_for_test(Engine& engine, std::vector<Command> commands) {
    std::vector<Write> writes;
    for (auto& command : commands) writes.push_back({std::move(command), {}});
    auto const batch = engine.apply(writes);
    for (auto const& outcome : batch->outcomes) outcome.result.value();
}

}  // namespace sewa::store::sqlite
