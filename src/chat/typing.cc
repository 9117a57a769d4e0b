#include "chat/typing.h"

namespace sewa::chat {

std::atomic<std::uint32_t>& TypingTable::bucket(Key const& key) const {
    auto const hash =
        std::hash<ConversationId>{}(key.first) ^ (std::hash<UserId>{}(key.second) >> 7);
    return buckets_[(hash >> 16) % kBuckets];
}

TypingTable::Started TypingTable::start(ConversationId conversation, UserId user,
                                        std::string user_name, MonoMs now) {
    Key const key{conversation, user};
    std::lock_guard const lock(mutex_);
    auto at = entries_.find(key);
    bool const is_new = at == entries_.end();
    if (is_new) {
        if (entries_.size() >= limits_.entries_max) {
            refused_.fetch_add(1, std::memory_order_relaxed);
            return {};
        }
        at = entries_.emplace(key, Entry{}).first;
    }
    auto& entry = at->second;
    bool const relay = is_new || now - entry.relayed_at >= limits_.throttle_ms;
    set_typing(key, entry, true);
    entry.signed_at = now;
    entry.user_name = std::move(user_name);
    if (relay) entry.relayed_at = now;
    return {relay, is_new};
}

std::optional<std::string> TypingTable::stop(ConversationId conversation, UserId user) {
    return stop({conversation, user}, 0);
}

std::optional<std::string> TypingTable::end(ConversationId conversation, UserId user) {
    return stop({conversation, user}, limits_.throttle_ms);
}

std::optional<std::string> TypingTable::stop(Key const& key, std::int64_t throttle_less_ms) {
    std::lock_guard const lock(mutex_);
    auto const at = entries_.find(key);
    if (at == entries_.end() || !at->second.is_typing) return std::nullopt;
    set_typing(key, at->second, false);
    at->second.relayed_at.value -= throttle_less_ms;
    return at->second.user_name;
}

TypingTable::Expired TypingTable::expire(ConversationId conversation, UserId user, MonoMs now) {
    Key const key{conversation, user};
    std::lock_guard const lock(mutex_);
    auto const at = entries_.find(key);
    if (at == entries_.end()) return {};
    auto& entry = at->second;
    auto const due = entry.signed_at + limits_.ttl_ms;
    if (entry.is_typing && due > now) return {std::nullopt, due};
    auto stopped = entry.is_typing ? std::optional(entry.user_name) : std::nullopt;
    set_typing(key, entry, false);
    // The throttle counts from the last relayed sign, also when the typist stopped meanwhile.
    auto const throttled_until = entry.relayed_at + limits_.throttle_ms;
    if (throttled_until > now) return {std::move(stopped), throttled_until};
    entries_.erase(at);
    return {std::move(stopped), std::nullopt};
}

bool TypingTable::may_be_typing(ConversationId conversation, UserId user) const {
    return bucket({conversation, user}).load(std::memory_order_acquire) != 0;
}

void TypingTable::set_typing(Key const& key, Entry& entry, bool is_typing) {
    if (entry.is_typing == is_typing) return;
    entry.is_typing = is_typing;
    auto& typists = bucket(key);
    is_typing ? typists.fetch_add(1, std::memory_order_release)
              : typists.fetch_sub(1, std::memory_order_release);
}

std::size_t TypingTable::size() const {
    std::lock_guard const lock(mutex_);
    return entries_.size();
}

}  // namespace sewa::chat
