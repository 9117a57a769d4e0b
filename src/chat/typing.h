#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/clock.h"
#include "core/id.h"

namespace sewa::chat {

struct TypingLimits {
    std::int64_t ttl_ms = 6000;
    std::int64_t throttle_ms = 3000;
    std::size_t entries_max = 100'000;
};

// Who is typing where (P-5, P-6). Any-thread: a user's devices are on different shards. One mutex,
// held for one map operation. At most `entries_max` entries; a further typist is not shown.
class TypingTable {
public:
    explicit TypingTable(TypingLimits limits) : limits_(limits) {}

    struct Started {
        bool relay = false;  // Tell the others now.
        bool watch = false;  // A new entry: call `expire` when ttl_ms have passed.
    };
    // A `true` of the user. Throttled ones prolong the entry and are not relayed.
    Started start(ConversationId conversation, UserId user, std::string user_name, MonoMs now);

    // The user's name when they were typing: the caller tells the others that it has ended. The
    // entry stays until `expire`, so that stop and start in quick succession stay throttled.
    std::optional<std::string> stop(ConversationId conversation, UserId user);

    // The same because a message of the user has come, which ends the throttle, too: who writes the
    // next one at once is seen typing.
    std::optional<std::string> end(ConversationId conversation, UserId user);

    struct Expired {
        std::optional<std::string> stopped;  // As `stop` returns.
        std::optional<MonoMs> again_at;      // The entry was prolonged: call `expire` again then.
    };
    Expired expire(ConversationId conversation, UserId user, MonoMs now);

    // False means certainly not; lock-free, for the message path.
    bool may_be_typing(ConversationId conversation, UserId user) const;

    std::size_t size() const;
    // Typists that were not shown because the table was full.
    std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }
    std::int64_t ttl_ms() const { return limits_.ttl_ms; }

private:
    using Key = std::pair<ConversationId, UserId>;
    struct Entry {
        bool is_typing = false;
        std::string user_name;
        MonoMs signed_at;
        MonoMs relayed_at;
    };
    static constexpr std::size_t kBuckets = 1024;

    std::optional<std::string> stop(Key const& key, std::int64_t throttle_less_ms);
    std::atomic<std::uint32_t>& bucket(Key const& key) const;
    void set_typing(Key const& key, Entry& entry, bool is_typing);

    TypingLimits const limits_;
    mutable std::mutex mutex_;
    std::map<Key, Entry> entries_;
    std::atomic<std::uint64_t> refused_{0};
    mutable std::array<std::atomic<std::uint32_t>, kBuckets> buckets_{};  // Typists per hash.
};

}  // namespace sewa::chat
