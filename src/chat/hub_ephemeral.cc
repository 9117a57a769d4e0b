#include <utility>

#include "chat/hub.h"
#include "wire/session_frames.h"

namespace sewa::chat {

namespace {

std::uint64_t key_of(ConversationId conversation, UserId user) {
    return (std::hash<ConversationId>{}(conversation) ^ std::hash<UserId>{}(user) >> 1) | 1;
}

}  // namespace

// Foreign and absent conversations look the same (M-12).
void Hub::with_audience(UserId user, ConversationId conversation, Taken taken,
                        std::function<void(AudiencePtr const&)> allowed) {
    find_audience(conversation, [user, taken = std::move(taken), allowed = std::move(allowed)](
                                    Result<AudiencePtr> const& audience) {
        if (audience && (*audience)->contains(user)) {
            allowed(*audience);
            return taken({});
        }
        bool const is_unknown = audience || audience.error().code == Errc::kNotFound;
        taken(is_unknown ? fail(Errc::kNotFound, "no such conversation", "conversation_id")
                         : fail(audience.error()));
    });
}

void Hub::find_audience(ConversationId conversation, AudienceCache::Found found) {
    if (auto const known = audiences_.find(conversation)) return found(known);
    if (!audiences_.wait(conversation, std::move(found))) return;
    bool const is_taken =
        reads_.push(ReadQueue::Urgency::kLookup, [conversation](store::Reader& reader) -> HubTask {
            return [conversation, audience = reader.audience(conversation)](Hub& hub) {
                hub.audiences_.loaded(conversation, audience);
            };
        });
    if (!is_taken) audiences_.loaded(conversation, ReadQueue::refusal());
}

void Hub::deliver_ephemeral(Audience const& audience, UserId except, SharedFrame const& frame,
                            EphemeralKind kind, std::uint64_t key) {
    std::uint64_t deliveries = 0;
    listeners_.each_of(audience, [&](Subscriber& subscriber) {
        if (subscriber.user() == except) return;
        subscriber.on_ephemeral(frame, kind, key);
        ++deliveries;
    });
    add(counters_.ephemeral, deliveries);
}

void Hub::deliver_stop(Audience const& audience, UserId except, SharedFrame const& frame) {
    std::uint64_t deliveries = 0;
    listeners_.each_of(audience, [&](Subscriber& subscriber) {
        if (subscriber.user() == except) return;
        subscriber.on_typing_stop(frame);
        ++deliveries;
    });
    add(counters_.ephemeral, deliveries);
}

void Hub::broadcast(AudiencePtr audience, UserId except, SharedFrame frame, EphemeralKind kind,
                    std::uint64_t key) {
    deliver_ephemeral(*audience, except, frame, kind, key);
    for (std::uint16_t i = 0; i < parts_.peers.shard_count(); ++i) {
        if (i == parts_.shard.value) continue;
        bool const is_taken = parts_.peers.post(ShardId{i}, [=](Hub& hub) {
            hub.deliver_ephemeral(*audience, except, frame, kind, key);
        });
        if (!is_taken) add(counters_.ephemeral_lost);
    }
}

void Hub::typing(UserId user, std::string user_name, ConversationId conversation, bool is_typing,
                 Taken taken) {
    Typist const who{conversation, user};
    with_audience(user, conversation, std::move(taken),
                  [this, who, is_typing, name = std::move(user_name)](AudiencePtr const& audience) {
                      if (is_typing) {
                          start_typing(who, name, audience);
                      } else {
                          stop_typing(who, audience);
                      }
                  });
}

void Hub::start_typing(Typist who, std::string user_name, AudiencePtr const& audience) {
    auto const now = parts_.clock.mono();
    auto const started = parts_.typing.start(who.conversation, who.user, user_name, now);
    auto const ttl_ms = parts_.typing.ttl_ms();
    if (started.watch) {
        at(now + ttl_ms, [this, who](MonoMs later) { expire_typing(who, later); });
    }
    if (started.relay) tell_typing(who, audience, user_name, ttl_ms);
}

void Hub::stop_typing(Typist who, AudiencePtr const& audience) {
    if (auto const name = parts_.typing.stop(who.conversation, who.user)) {
        tell_typing(who, audience, *name, 0);
    }
}

void Hub::expire_typing(Typist who, MonoMs now) {
    auto const expired = parts_.typing.expire(who.conversation, who.user, now);
    if (expired.again_at) {
        at(*expired.again_at, [this, who](MonoMs later) { expire_typing(who, later); });
    }
    if (!expired.stopped) return;
    // Also for one who was removed meanwhile: the others may have seen the sign after the removal.
    find_audience(who.conversation,
                  [this, who, name = *expired.stopped](Result<AudiencePtr> const& audience) {
                      if (audience) tell_typing(who, *audience, name, 0);
                  });
}

void Hub::end_typing_of(store::Event const& message) {
    if (!parts_.typing.may_be_typing(message.conversation, message.actor)) return;
    if (auto const name = parts_.typing.end(message.conversation, message.actor)) {
        tell_typing({message.conversation, message.actor}, message.audience, *name, 0);
    }
}

// A stop (expires_in_ms 0) is never dropped (P-5). It may come from another shard than the sign
// that it ends, so both go through the mailboxes, the own one too: there they keep their order.
void Hub::tell_typing(Typist who, AudiencePtr const& audience, std::string_view user_name,
                      std::int64_t expires_in_ms) {
    auto const frame = SharedFrame::text(
        wire::encode_typing(who.conversation, who.user, user_name, expires_in_ms));
    auto const key = key_of(who.conversation, who.user);
    bool const is_stop = expires_in_ms == 0;
    HubTask const deliver = [=](Hub& hub) {
        if (is_stop) return hub.deliver_stop(*audience, who.user, frame);
        hub.deliver_ephemeral(*audience, who.user, frame, EphemeralKind::kTyping, key);
    };
    auto const shard_count = parts_.peers.shard_count();
    if (shard_count == 1) return deliver(*this);
    for (std::uint16_t i = 0; i < shard_count; ++i) {
        if (is_stop) {
            post_until_taken(ShardId{i}, deliver);
        } else if (!parts_.peers.post(ShardId{i}, deliver)) {
            add(counters_.ephemeral_lost);
        }
    }
}

void Hub::delivered(UserId user, ConversationId conversation, ConvSeq up_to, Taken taken) {
    with_audience(user, conversation, std::move(taken), [=, this](AudiencePtr const& audience) {
        if (delivered_.size() >= parts_.limits.delivered_max) flush_delivered();
        if (delivered_.empty()) {
            at(parts_.clock.mono() + parts_.limits.delivered_flush_ms,
               [this](MonoMs) { flush_delivered(); });
        }
        auto& pending = delivered_[{conversation, user}];
        pending.audience = audience;
        pending.up_to = std::max(pending.up_to, up_to);
        delivered_count_.store(delivered_.size(), std::memory_order_relaxed);
    });
}

void Hub::flush_delivered() {
    delivered_count_.store(0, std::memory_order_relaxed);
    for (auto const& [key, pending] : std::exchange(delivered_, {})) {
        auto const [conversation, user] = key;
        // A marker that finds the queue full is repeated by the client's next one.
        if (!parts_.store.submit({store::MarkDelivered{conversation, user, pending.up_to}, {}})) {
            add(counters_.writes_refused);
            continue;
        }
        broadcast(pending.audience, user,
                  SharedFrame::text(wire::encode_delivered(conversation, user, pending.up_to)),
                  EphemeralKind::kReceipt, key_of(conversation, user));
    }
}

void Hub::relay(UserId user, ConversationId conversation, SharedFrame frame, Taken taken) {
    with_audience(user, conversation, std::move(taken),
                  [this, user, frame = std::move(frame)](AudiencePtr const& audience) {
                      broadcast(audience, user, frame, EphemeralKind::kReceipt, 0);
                  });
}

}  // namespace sewa::chat
