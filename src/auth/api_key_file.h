#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/api_key.h"
#include "auth/key_file.h"
#include "core/result.h"

namespace sewa::auth {

// The keys of the server-side API in one file of the data folder, `api-keys`, a line for each key.
//
// A file of its own beside the database: the command line changes it whether a server runs or not,
// without the lock that a server holds on the folder. Changes take a lock of their own, write a
// whole new file, sync it and rename it, so that a reader sees the old or the new list and a crash
// leaves one of them. All functions block; never on a shard.
class ApiKeyFile {
public:
    explicit ApiKeyFile(std::string const& folder) : path_(folder + "/api-keys") {}

    // An absent file has no keys; a damaged one fails and names the line.
    Result<std::vector<ApiKey>> read() const;

    Status add(ApiKey key);
    // The key as it is now; `not_found` when there is none of that id. A revoked one stays revoked.
    Result<ApiKey> revoke(std::uint32_t id, WallMs now);

    FileStamp stamp() const { return stamp_of(path_); }

private:
    using Change = std::function<Status(std::vector<ApiKey>&)>;
    Status change(Change const& change);
    Status replace(std::vector<ApiKey> const& keys);

    std::string const path_;
};

// The keys that count now. Any-thread: `current` is one pointer copy under a mutex.
// `reload_if_changed` blocks and belongs to the housekeeping thread; what cannot be read keeps the
// keys of before.
class ApiKeyStore {
public:
    explicit ApiKeyStore(ApiKeyFile file) : file_(std::move(file)) {}

    using Keys = std::shared_ptr<std::vector<ApiKey> const>;
    Keys current() const;

    Status load();
    Result<bool> reload_if_changed();

private:
    ApiKeyFile const file_;
    mutable std::mutex mutex_;  // Guards the two below; held for a copy or a swap only.
    Keys keys_ = std::make_shared<std::vector<ApiKey> const>();
    FileStamp seen_;
};

}  // namespace sewa::auth
