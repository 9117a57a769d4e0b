#include "chat/hub.h"

#include <fmt/format.h>

#include <utility>

#include "wire/session_frames.h"

namespace sewa::chat {

namespace {

// How soon what the store or another shard refused is tried again.
constexpr std::int64_t kRetryMs = 50;
constexpr std::int64_t kRevocationMs = 1'100;

}  // namespace

Hub::Hub(HubParts parts)
    : parts_(parts),
      listeners_(registry_, parts.limits.listeners_max),
      connects_(parts.limits.connects),
      limiter_(parts.limits.writes),
      waiters_(parts.shard.value, parts.limits.waiters_max),
      audiences_(parts.limits.audiences_max),
      reads_(parts.shard, parts.store, parts.peers,
             {parts.limits.reads_outstanding_max, parts.limits.reads_waiting_max},
             [this] { wake_by(parts_.clock.mono() + kRetryMs); }),
      head_(parts.store.log_state().head) {}

Hub::~Hub() = default;

Status Hub::attach(Subscriber& subscriber) {
    auto const user = subscriber.user();
    SEWA_CHECK(admit_connection(user));
    auto const opened = parts_.presence.open(user);
    auto const limit = parts_.limits.connections_per_user;
    if (limit != 0 && opened.leases > limit) {
        parts_.presence.close(user, parts_.clock.wall());
        return fail(Errc::kForbidden,
                    fmt::format("user {} has the maximum number of connections", user.value));
    }
    registry_.add(subscriber);
    counters_.sessions.store(registry_.size(), std::memory_order_relaxed);
    if (opened.came_online) {
        touch_last_seen(user);
        announce(user, Change::kCameOnline, {});
    }
    return {};
}

// Each opening costs a snapshot of what the user missed, and one after another costs the others
// more than many at once. Who was offline comes free, so that a restart brings everybody back and
// the table holds nobody who just stays.
Status Hub::admit_connection(UserId user) {
    if (!parts_.presence.is_online(user)) return {};
    if (connects_.take(user, parts_.clock.mono()) == 0) return {};
    return fail(Errc::kRateLimited,
                fmt::format("user {} connects too often; wait and try again", user.value));
}

bool Hub::detach(Subscriber& subscriber) {
    auto const user = subscriber.user();
    registry_.remove(subscriber);
    counters_.sessions.store(registry_.size(), std::memory_order_relaxed);
    auto const closed = parts_.presence.close(user, parts_.clock.wall());
    if (closed.was_last) {
        touch_last_seen(user);
        at(parts_.clock.mono() + parts_.limits.offline_grace_ms,
           [this, user, departure = closed.departure](MonoMs) { depart(user, departure); });
    }
    return closed.was_last;
}

// Written when the first connection comes and the last one goes, so that a crash costs no more than
// the time since then (P-2).
void Hub::touch_last_seen(UserId user) {
    if (!parts_.store.submit({store::TouchLastSeen{user, parts_.clock.wall()}, {}})) {
        add(counters_.writes_refused);
    }
}

Status Hub::admit(store::Command const& command) {
    auto admitted = limiter_.admit(command, parts_.clock.mono());
    if (!admitted) add(counters_.writes_limited);
    return admitted;
}

Status Hub::write(Subscriber& subscriber, store::Write& write, WriteTag const& tag) {
    SEWA_CHECK(admit(write.command));
    if (auto* const waiter = waiters_.add(write.origin)) {
        waiter->subscriber = subscriber.handle();
        waiter->keep(tag);
        if (parts_.store.submit(write)) return {};
        waiters_.release(write.origin);
    }
    add(counters_.writes_refused);
    return fail(Errc::kUnavailable,
                "the server is busy; send it again with the same client_msg_id");
}

Status Hub::write(store::Command command, WriteDone done) {
    SEWA_CHECK(admit(command));
    store::Origin origin;
    if (auto* const waiter = waiters_.add(origin)) {
        waiter->done = std::move(done);
        if (parts_.store.submit({std::move(command), origin})) return {};
        waiters_.release(origin);
    }
    add(counters_.writes_refused);
    return fail(Errc::kUnavailable,
                "the server is busy; send it again with the same client_msg_id");
}

void Hub::on_commit(store::CommitBatch const& batch) {
    for (auto const& outcome : batch.outcomes) {
        auto const* const waiter = waiters_.find(outcome.origin);
        bool const is_session = waiter != nullptr && !waiter->done;
        auto const* const origin = is_session ? registry_.find(waiter->subscriber) : nullptr;
        for (std::uint32_t i = 0; i < outcome.event_count; ++i) {
            fan_out(batch.events[outcome.first_event + i], origin);
        }
        complete(outcome);
    }
    if (batch.head > head_) head_ = batch.head;
    for (auto const& access : batch.access) tell_access(access);
}

// A ban at once; a revocation when its second is over, because a client that comes back with a
// fresh token at once would be refused otherwise.
void Hub::tell_access(store::AccessState const& access) {
    if (!registry_.has(access.user)) return;
    auto const tell = [this, access](MonoMs) {
        registry_.each_of(access.user,
                          [&](Subscriber& subscriber) { subscriber.on_access(access); });
    };
    if (access.is_banned) return tell({});
    at(parts_.clock.mono() + kRevocationMs, tell);
}

void Hub::fan_out(store::Event const& event, Subscriber const* origin) {
    bool const ack_is_copy =
        event.kind == store::EventKind::kMessage && origin != nullptr && origin->acks_are_copies();
    std::uint64_t deliveries = 0;
    auto const deliver = [&](Subscriber& subscriber) {
        if (ack_is_copy && &subscriber == origin) return;
        subscriber.on_event(event);
        ++deliveries;
    };
    if (event.only_for) {
        registry_.each_of(event.only_for, deliver);
    } else {
        listeners_.each_of(*event.audience, deliver);
        if (event.also_for) registry_.each_of(event.also_for, deliver);
        audiences_.update(event.audience);
    }
    add(counters_.events);
    add(counters_.deliveries, deliveries);
    if (event.kind == store::EventKind::kMessage) end_typing_of(event);
    if (event.kind == store::EventKind::kRead) tell_unread(event);
}

void Hub::complete(store::Outcome const& outcome) {
    auto* const waiter = waiters_.find(outcome.origin);
    if (waiter == nullptr) return;
    if (waiter->done) {
        // The callback may write again, which may move the table; so it leaves its slot first.
        auto const done = std::move(waiter->done);
        measure(*waiter);
        waiters_.release(outcome.origin);
        done(outcome.result);
        return;
    }
    if (auto* const subscriber = registry_.find(waiter->subscriber)) {
        subscriber->on_outcome(waiter->tag(), outcome.result);
    }
    measure(*waiter);
    waiters_.release(outcome.origin);
}

void Hub::measure(Waiter const& waiter) {
    if (parts_.metrics == nullptr) return;
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - waiter.began;
    parts_.metrics->observe(observe::Histogram::kAckSeconds, took.count());
}

void Hub::resume(Subscriber& subscriber, Pos after, std::uint32_t limit, ResumeFound found) {
    // Never refused.
    static_cast<void>(
        reads_.push(ReadQueue::Urgency::kResume,
                    [user = subscriber.user(), handle = subscriber.handle(), after, limit,
                     found = std::move(found)](store::Reader& reader) -> HubTask {
                        return [handle, found, page = reader.resume(user, after, limit)](Hub& hub) {
                            if (auto* const session = hub.registry_.find(handle))
                                found(*session, page);
                        };
                    }));
}

void Hub::tell_unread(store::Event const& read_event) {
    auto const user = read_event.actor;
    if (!registry_.has(user)) return;
    // A count that is not told is told with the next marker.
    static_cast<void>(reads_.push(
        ReadQueue::Urgency::kLookup,
        [user, conversation = read_event.conversation](store::Reader& reader) -> HubTask {
            auto const unread = reader.unread(user, conversation);
            if (!unread) return [](Hub&) {};
            auto const frame =
                SharedFrame::text(wire::encode_unread(conversation, unread->count, unread->total));
            return [user, conversation, frame](Hub& hub) {
                hub.registry_.each_of(user, [&](Subscriber& session) {
                    if (!session.acks_are_copies()) return;
                    session.on_ephemeral(frame, EphemeralKind::kReceipt,
                                         static_cast<std::uint64_t>(conversation.value));
                });
            };
        }));
}

std::array<TableUse, 7> Hub::table_uses() const {
    return {{{"writes_under_way", waiters_.size(), waiters_.refused()},
             {"reads_waiting", reads_.waiting(), reads_.refused()},
             {"audiences", audiences_.size(), audiences_.refused()},
             {"listeners", listeners_.size(), 0},
             {"connect_limits", connects_.size(), 0},
             {"write_limits", limiter_.size(), 0},
             {"delivered_markers", delivered_count_.load(std::memory_order_relaxed), 0}}};
}

void Hub::at(MonoMs due, std::function<void(MonoMs)> action) {
    due_.emplace(due, std::move(action));
    wake_by(due_.begin()->first);
}

void Hub::wake_by(MonoMs time) {
    if (!is_scheduled() || time < shard::Timer::due()) parts_.timers.schedule(*this, time);
}

void Hub::on_timer(MonoMs now) {
    while (!due_.empty() && due_.begin()->first <= now) {
        auto const action = std::move(due_.begin()->second);
        due_.erase(due_.begin());
        action(now);
    }
    if (!due_.empty()) wake_by(due_.begin()->first);
    reads_.pump();
}

void Hub::post_until_taken(ShardId shard, HubTask task) {
    if (parts_.peers.post(shard, task)) return;
    at(parts_.clock.mono() + kRetryMs,
       [this, shard, task = std::move(task)](MonoMs) { post_until_taken(shard, task); });
}

}  // namespace sewa::chat
