#include "store/sqlite/accounts.h"

namespace sewa::store::sqlite {

namespace {

constexpr char kSelectId[] =
    "SELECT max(ifnull((SELECT max(id) FROM people), 0), "
    "ifnull((SELECT max(user_id) FROM accounts), 0)) + 1";

constexpr char kInsertPerson[] =
    "INSERT OR REPLACE INTO people (id, name, first_name, last_name, avatar, role) "
    "VALUES (?, ?, ?, ?, '', ?)";

constexpr char kDeleteSurplus[] =
    "DELETE FROM logins WHERE user_id = ?1 AND (expires_at <= ?2 OR family IN "
    "(SELECT family FROM logins WHERE user_id = ?1 ORDER BY expires_at DESC LIMIT -1 OFFSET ?3))";

}  // namespace

Accounts::Accounts(LogWriter& log, AccessChanges& access)
    : log_(log),
      access_(access),
      select_login_(log.db(),
                    "SELECT user_id, secret_hash, expires_at FROM logins WHERE family = ?"),
      select_id_(log.db(), kSelectId),
      insert_account_(log.db(), "INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, ?)"),
      insert_person_(log.db(), kInsertPerson),
      insert_login_(log.db(), "INSERT INTO logins VALUES (?, ?, ?, ?)"),
      update_login_(log.db(), "UPDATE logins SET secret_hash = ?, expires_at = ? WHERE family = ?"),
      delete_login_(log.db(), "DELETE FROM logins WHERE family = ?"),
      delete_surplus_(log.db(), kDeleteSurplus),
      delete_logins_(log.db(), "DELETE FROM logins WHERE user_id = ?"),
      delete_account_(log.db(), "DELETE FROM accounts WHERE user_id = ?") {}

Result<Receipt> Accounts::operator()(CreateAccount const& create) {
    UserId const id{select_id_.number()};
    if (insert_account_.run(id, create.login, create.password_hash, log_.now().value) == 0) {
        return fail(Errc::kConflict, "this name is taken", "username");
    }
    auto const& person = create.person;
    insert_person_.run(id, person.name, person.first_name, person.last_name, person.role);
    log_.forget_person(id);
    add(id, create.first);
    return Receipt{.created_at = log_.now(), .user = id};
}

Result<Receipt> Accounts::operator()(StartLogin const& start) {
    add(start.user, start.login);
    return Receipt{.created_at = log_.now(), .user = start.user};
}

Result<Receipt> Accounts::operator()(RotateLogin const& rotate) {
    auto const login = stored(rotate.family);
    Receipt receipt{.created_at = log_.now()};
    if (!login.user) return receipt;
    if (login.secret_hash != rotate.secret_hash) {
        revoke(rotate.family, login.user);
        return receipt;
    }
    if (login.expires_at <= log_.now()) {
        delete_login_.run(rotate.family);
        return receipt;
    }
    update_login_.run(rotate.next_hash, rotate.expires_at.value, rotate.family);
    receipt.user = login.user;
    return receipt;
}

Result<Receipt> Accounts::operator()(EndLogin const& end) {
    auto const login = stored(end.family);
    // Also with a secret of before: whoever held it wants the login ended.
    if (login.user) revoke(end.family, login.user);
    return Receipt{.created_at = log_.now()};
}

void Accounts::forget(UserId user) {
    delete_logins_.run(user);
    delete_account_.run(user);
}

Accounts::Stored Accounts::stored(std::string const& family) {
    auto row = select_login_.query(family);
    if (!row.next()) return {};
    return {row.id<UserId>(0), row.string(1), WallMs{row.integer(2)}};
}

void Accounts::add(UserId user, Login const& login) {
    delete_surplus_.run(user, log_.now().value, kLoginsMax - 1);
    insert_login_.run(login.family, user, login.secret_hash, login.expires_at.value);
}

void Accounts::revoke(std::string const& family, UserId user) {
    delete_login_.run(family);
    access_.revoke(user);
}

}  // namespace sewa::store::sqlite
