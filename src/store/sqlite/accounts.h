#pragma once

#include "store/sqlite/access_changes.h"

namespace sewa::store::sqlite {

// The built-in identity's accounts and logins. No events. At most `kLoginsMax` logins of one user:
// the one that ends first makes room. Runs inside LogWriter's transaction.
class Accounts {
public:
    static constexpr int kLoginsMax = 20;

    Accounts(LogWriter& log, AccessChanges& access);

    Result<Receipt> operator()(CreateAccount const& create);
    Result<Receipt> operator()(StartLogin const& start);
    Result<Receipt> operator()(RotateLogin const& rotate);
    Result<Receipt> operator()(EndLogin const& end);

    void forget(UserId user);

private:
    struct Stored {
        UserId user;
        std::string secret_hash;
        WallMs expires_at;
    };
    Stored stored(std::string const& family);
    void add(UserId user, Login const& login);
    // The login and everything that was issued from it.
    void revoke(std::string const& family, UserId user);

    LogWriter& log_;
    AccessChanges& access_;
    Statement select_login_;
    Statement select_id_;
    Statement insert_account_;
    Statement insert_person_;
    Statement insert_login_;
    Statement update_login_;
    Statement delete_login_;
    Statement delete_surplus_;
    Statement delete_logins_;
    Statement delete_account_;
};

}  // namespace sewa::store::sqlite
