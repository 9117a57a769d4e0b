#include "store/sqlite/conversation_opens.h"

#include <sqlite3.h>

#include <algorithm>

namespace sewa::store::sqlite {

namespace {

constexpr char kInsertConversation[] =
    "INSERT INTO conversations (kind, title, service_id, provider_id, customer_id, created_at, "
    "updated_at, participant_count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)";

PostMessage first_message(OpenConversation const& open, ConversationId conversation) {
    return {.conversation = conversation,
            .sender = open.customer,
            .content = open.initial_message,
            .client_msg_id = open.client_msg_id,
            .reply_to = {},
            .type = MessageType::kText,
            .transport = open.transport,
            .attachments = {}};
}

}  // namespace

ConversationOpens::ConversationOpens(LogWriter& log, MessagePosts& posts)
    : log_(log),
      posts_(posts),
      select_service_(log.db(), "SELECT provider_id FROM services WHERE id = ?"),
      select_direct_(log.db(),
                     "SELECT id FROM conversations WHERE service_id = ? "
                     "AND provider_id = ? AND customer_id = ? AND kind = 0"),
      insert_conversation_(log.db(), kInsertConversation),
      insert_participant_(log.db(),
                          "INSERT INTO participants (conversation_id, user_id) VALUES (?, ?)") {}

Result<Receipt> ConversationOpens::operator()(OpenConversation const& open) {
    auto id = find_direct(open);
    bool const is_new = !id;
    Receipt created;
    if (is_new) {
        SEWA_CHECK(check(open));
        created = create({.kind = ConversationKind::kDirect,
                          .title = {},
                          .service = open.service,
                          .provider = open.provider,
                          .customer = open.customer,
                          .by = open.customer,
                          .participants = {std::min(open.provider, open.customer),
                                           std::max(open.provider, open.customer)}});
        id = created.conversation;
    }
    if (open.initial_message.empty()) {
        if (is_new) return created;
        return Receipt{.conversation = id, .created_at = log_.now(), .duplicate = true};
    }
    SEWA_TRY(auto receipt, posts_(first_message(open, id)));
    receipt.conversation_created = is_new;
    return receipt;
}

Status ConversationOpens::check(OpenConversation const& open) {
    if (open.customer == open.provider) {
        return fail(Errc::kBadRequest, "a provider cannot write to themselves", "provider_id");
    }
    auto row = select_service_.query(open.service);
    if (!row.next()) return fail(Errc::kNotFound, "no such service", "service_id");
    if (row.id<UserId>(0) != open.provider) {
        return fail(Errc::kNotFound, "this provider does not offer this service", "provider_id");
    }
    return {};
}

ConversationId ConversationOpens::find_direct(OpenConversation const& open) {
    return {select_direct_.number(open.service, open.provider, open.customer)};
}

Result<Receipt> ConversationOpens::operator()(CreateGroup const& create_group) {
    auto users = create_group.participants;
    if (create_group.created_by) users.push_back(create_group.created_by);
    std::sort(users.begin(), users.end());
    users.erase(std::unique(users.begin(), users.end()), users.end());
    bool const has_nobody = !users.empty() && !users.front();
    if (has_nobody || users.size() < 2 || users.size() > log_.limits().group_participants_max) {
        return fail(Errc::kBadRequest, "a group has 2 to 10,000 participants", "participants");
    }
    return create({.kind = ConversationKind::kGroup,
                   .title = create_group.title,
                   .service = {},
                   .provider = {},
                   .customer = {},
                   .by = create_group.created_by,
                   .participants = std::move(users)});
}

Receipt ConversationOpens::create(Draft const& draft) {
    insert_conversation_.run(draft.kind, draft.title, draft.service, draft.provider, draft.customer,
                             log_.now().value,
                             static_cast<std::int64_t>(draft.participants.size()));
    if (log_.db().failure() != Failure::kNone) return {};
    ConversationId const id{sqlite3_last_insert_rowid(log_.db().raw())};
    insert_participants(id, draft.participants);

    auto audience = std::make_shared<Audience>(Audience{id, 1, draft.participants});
    auto& conversation =
        log_.create_conversation({.id = id, .kind = draft.kind, .audience = std::move(audience)});
    auto const head = log_.next_head(conversation, draft.by);
    auto const json =
        wire::encode_conversation_change(head, ConversationChange::kCreated, draft.title, UserId{});
    auto receipt =
        log_.record(conversation, {.kind = EventKind::kConversation, .head = head, .json = json});
    receipt.conversation_created = true;
    return receipt;
}

void ConversationOpens::insert_participants(ConversationId id, std::vector<UserId> const& users) {
    for (auto const user : users) insert_participant_.run(id, user);
}

}  // namespace sewa::store::sqlite
