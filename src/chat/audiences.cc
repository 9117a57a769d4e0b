#include "chat/audiences.h"

#include <utility>

namespace sewa::chat {

namespace {

bool is_newer(AudiencePtr const& candidate, AudiencePtr const& known) {
    return known == nullptr || candidate->version > known->version;
}

}  // namespace

AudienceCache::Entry& AudienceCache::touch(ConversationId conversation) {
    auto const [at, is_new] = entries_.try_emplace(conversation);
    auto& entry = at->second;
    if (is_new) {
        by_use_.push_front(conversation);
        entry.used = by_use_.begin();
        evict();
        count();
    } else {
        by_use_.splice(by_use_.begin(), by_use_, entry.used);
    }
    return entry;
}

void AudienceCache::evict() {
    // An entry that somebody waits for stays; `wait` is bounded by its callers.
    for (auto at = by_use_.end(); entries_.size() > entries_max_ && at != by_use_.begin();) {
        --at;
        auto const found = entries_.find(*at);
        if (!found->second.waiting.empty() || at == by_use_.begin()) continue;
        entries_.erase(found);
        at = by_use_.erase(at);
    }
}

AudiencePtr AudienceCache::find(ConversationId conversation) {
    if (!entries_.contains(conversation)) return nullptr;
    return touch(conversation).audience;
}

bool AudienceCache::wait(ConversationId conversation, Found found) {
    auto& entry = touch(conversation);
    if (entry.waiting.size() >= kWaitingMax) {
        refused_.fetch_add(1, std::memory_order_relaxed);
        found(fail(Errc::kUnavailable, "too many ask about this conversation"));
        return false;
    }
    entry.waiting.push_back(std::move(found));
    return entry.waiting.size() == 1;
}

void AudienceCache::loaded(ConversationId conversation, Result<AudiencePtr> const& audience) {
    auto const at = entries_.find(conversation);
    if (at == entries_.end()) return;
    auto& entry = at->second;
    if (audience && is_newer(*audience, entry.audience)) entry.audience = *audience;
    auto const waiting = std::exchange(entry.waiting, {});
    auto const answer = entry.audience ? Result<AudiencePtr>(entry.audience) : audience;
    if (!entry.audience) {
        by_use_.erase(entry.used);
        entries_.erase(at);
        count();
    }
    for (auto const& found : waiting) found(answer);
}

void AudienceCache::update(AudiencePtr const& audience) {
    auto const at = entries_.find(audience->conversation);
    if (at == entries_.end() || !is_newer(audience, at->second.audience)) return;
    at->second.audience = audience;
}

}  // namespace sewa::chat
