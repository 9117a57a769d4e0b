#include "typing.h"

#include <algorithm>
#include <utility>

namespace sewa::client {

void TypingTable::heard(TypingFrame const& frame, MonoMs now, std::vector<Event>& out) {
    auto const& typing = frame.typing;
    if (!typing.is_typing) return ended(typing.conversation, typing.user, out);
    auto const key = std::pair{typing.conversation, typing.user};
    auto const known = typists_.find(key);
    if (known == typists_.end() && typists_.size() >= kTypistsMax) return;
    auto const lives = frame.expires_in_ms > 0 ? frame.expires_in_ms : kSignMs;
    typists_[key] = {typing.user_name, now + std::min<std::int64_t>(lives, 60'000)};
    if (known == typists_.end()) out.push_back(typing);
}

void TypingTable::ended(ConversationId conversation, UserId user, std::vector<Event>& out) {
    auto const found = typists_.find({conversation, user});
    if (found == typists_.end()) return;
    out.push_back(TypingChanged{conversation, user, found->second.name, false});
    typists_.erase(found);
}

void TypingTable::expire(MonoMs now, std::vector<Event>& out) {
    for (auto at = typists_.begin(); at != typists_.end();) {
        auto const current = at++;
        if (current->second.until > now) continue;
        ended(current->first.first, current->first.second, out);
    }
}

void TypingTable::clear(std::vector<Event>& out) {
    while (!typists_.empty()) {
        auto const key = typists_.begin()->first;
        ended(key.first, key.second, out);
    }
}

std::optional<MonoMs> TypingTable::next_due() const {
    std::optional<MonoMs> next;
    for (auto const& [key, entry] : typists_)
        next = std::min(next.value_or(entry.until), entry.until);
    return next;
}

std::vector<TypingSignal::Sign> TypingSignal::keystroke(ConversationId conversation, MonoMs now) {
    std::vector<Sign> signs;
    if (current_ && current_ != conversation) signs.push_back(*stop());
    last_key_ = now;
    current_ = conversation;
    // Also after a stop: the server would drop a second sign in 3 s (P-6).
    if (signed_ == conversation && now - last_sign_ < kRepeatMs) return signs;
    signed_ = conversation;
    last_sign_ = now;
    signs.push_back({conversation, true});
    return signs;
}

std::optional<TypingSignal::Sign> TypingSignal::stop() {
    if (!current_) return std::nullopt;
    auto const conversation = std::exchange(current_, ConversationId{});
    return Sign{conversation, false};
}

std::optional<TypingSignal::Sign> TypingSignal::tick(MonoMs now) {
    if (!current_ || now - last_key_ < kIdleMs) return std::nullopt;
    return stop();
}

void TypingSignal::message_sent(ConversationId conversation) {
    if (current_ == conversation) current_ = {};
}

std::optional<MonoMs> TypingSignal::next_due() const {
    if (!current_) return std::nullopt;
    return last_key_ + kIdleMs;
}

}  // namespace sewa::client
