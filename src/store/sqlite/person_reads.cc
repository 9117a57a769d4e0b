#include "store/sqlite/person_reads.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kSelectConversations[] =
    "SELECT c.id, c.kind, c.title, c.service_id, p.left_seq FROM participants p "
    "JOIN conversations c ON c.id = p.conversation_id WHERE p.user_id = ? ORDER BY c.id";

}  // namespace

PersonReads::PersonReads(Database& db, MessageReads& messages, ConversationReads& conversations)
    : messages_(messages),
      conversations_(conversations),
      walk_(db),
      select_conversations_(db, kSelectConversations),
      select_access_(db, "SELECT user_id, banned, revoked_up_to_s FROM access"),
      select_account_(db, "SELECT user_id, password_hash FROM accounts WHERE login = ?") {}

PersonExport PersonReads::page(UserId user, ErasePerson::From from) {
    PersonExport page{.profile = conversations_.presence(user)};
    // Once is enough, and the first page has little else.
    if (!from.conversation) add_conversations(page, user);
    auto const step = walk_.step(user, from);
    for (auto const id : step.messages) {
        if (auto view = messages_.find(user, id)) page.messages.push_back(*std::move(view));
    }
    page.next = step.next;
    return page;
}

void PersonReads::add_conversations(PersonExport& page, UserId user) {
    auto rows = select_conversations_.query(user);
    while (rows.next()) {
        page.conversations.push_back({.id = rows.id<ConversationId>(0),
                                      .kind = static_cast<ConversationKind>(rows.integer(1)),
                                      .title = rows.string(2),
                                      .service = rows.id<ServiceId>(3),
                                      .has_left = rows.integer(4) != 0});
    }
}

std::optional<Account> PersonReads::account(std::string const& login) {
    auto row = select_account_.query(login);
    if (!row.next()) return std::nullopt;
    auto const presence = conversations_.presence(row.id<UserId>(0));
    Account account{row.string(1), presence ? presence->person : Person{}};
    account.person.id = row.id<UserId>(0);
    return account;
}

std::vector<AccessState> PersonReads::access() {
    std::vector<AccessState> all;
    auto rows = select_access_.query();
    while (rows.next()) all.push_back({rows.id<UserId>(0), rows.integer(1) != 0, rows.integer(2)});
    return all;
}

}  // namespace sewa::store::sqlite
