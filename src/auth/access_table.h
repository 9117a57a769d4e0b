#pragma once

#include <shared_mutex>
#include <unordered_map>

#include "auth/claims.h"
#include "core/result.h"

namespace sewa::auth {

// Whose tokens count no more: a copy of what the store knows, for every request and connection.
//
// Any-thread; a shared lock for one look-up, never on the message path. One entry for each user
// that was ever banned or logged out: 32 bytes or so.
class AccessTable {
public:
    struct Entry {
        bool is_banned = false;
        std::int64_t revoked_up_to_s = 0;
    };

    void set(UserId user, Entry entry);

    // `forbidden` for a banned user; `unauthorized` for a token that was issued in the second of
    // the revocation or before, or does not say when.
    Status check(Claims const& claims) const;

    std::size_t size() const;

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<UserId, Entry> entries_;
};

}  // namespace sewa::auth
