#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "auth/algorithm.h"
#include "auth/key_file.h"
#include "auth/keys.h"
#include "core/result.h"

namespace sewa::auth {

// Where keys come from. Either path may be empty, not both.
struct KeyFiles {
    std::string secret_file;
    std::string jwks_file;
    AlgorithmSet algorithms;
};

// The keys that count now, and how they are renewed without a restart.
//
// Any-thread: `current` is one pointer copy under a mutex. `reload` and `reload_if_changed` read
// files and may block: they belong to a housekeeping thread, never to a shard. A reload that fails
// keeps the old keys, so that a half-written file locks nobody out.
class KeyStore {
public:
    // Fails with kBadRequest when a file is missing, weak or broken.
    static Result<std::shared_ptr<KeyStore>> open(KeyFiles files);

    // Keys that never change: demo mode and tests.
    static std::shared_ptr<KeyStore> fixed(Keys keys);

    std::shared_ptr<Keys const> current() const;

    // Reads the files again (SIGHUP).
    Status reload();

    // Reads them when one was written since the last attempt; true when the keys were replaced.
    Result<bool> reload_if_changed();

private:
    struct Stamps {
        FileStamp secret;
        FileStamp jwks;
        friend bool operator==(Stamps const&, Stamps const&) = default;
    };

    KeyStore(KeyFiles files, std::shared_ptr<Keys const> keys)
        : files_(std::move(files)), keys_(std::move(keys)) {}

    Stamps stamps() const;

    KeyFiles const files_;

    // Guards the two below; held for a copy or a swap only.
    mutable std::mutex mutex_;
    std::shared_ptr<Keys const> keys_;
    Stamps seen_;
};

}  // namespace sewa::auth
