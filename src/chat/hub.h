#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chat/audiences.h"
#include "chat/hub_counters.h"
#include "chat/listeners.h"
#include "chat/peers.h"
#include "chat/presence.h"
#include "chat/read_queue.h"
#include "chat/registry.h"
#include "chat/typing.h"
#include "chat/waiters.h"
#include "chat/write_limiter.h"
#include "core/clock.h"
#include "core/rate_limit_table.h"
#include "observe/metrics.h"
#include "shard/timer_wheel.h"
#include "store/store.h"

namespace sewa::chat {

struct TableUse {
    std::string_view table;
    std::size_t entries = 0;
    std::uint64_t refused = 0;
};

struct HubLimits {
    std::uint32_t connections_per_user = 20;
    RateLimit connects;  // Of a user who is online, or left within the grace period.
    std::int64_t offline_grace_ms = 12'000;
    std::size_t waiters_max = 65'536;
    std::size_t audiences_max = 20'000;
    std::size_t listeners_max = 500'000;
    std::size_t reads_outstanding_max = 64;
    std::size_t reads_waiting_max = 20'000;
    std::uint32_t partners_max = 1000;
    std::int64_t delivered_flush_ms = 250;
    std::size_t delivered_max = 10'000;
    WriteLimits writes;
};

// What a hub works with; all of it outlives the hub.
struct HubParts {
    ShardId shard;
    store::Store& store;
    Peers& peers;
    PresenceTable& presence;
    TypingTable& typing;
    shard::TimerWheel& timers;
    Clock const& clock;
    HubLimits limits;
    observe::MetricSlot* metrics = nullptr;  // Null: not measured.
};

// The chat of one shard: its live sessions, what they may be told, and whom they tell.
//
// Shard-local, except where a method says otherwise. Committed events come in through
// `on_commit`, the same batches in the same order on every shard; ephemeral signals go to the
// other shards through Peers. Everything durable is decided by the store.
class Hub : private shard::Timer {
public:
    explicit Hub(HubParts parts);
    ~Hub() override;

    // A session begins: it is told everything from now on. Refused with `forbidden` when the user
    // has too many connections (C-6), with `rate_limited` when they come too often.
    Status attach(Subscriber& subscriber);
    // True when it was the user's last connection of this node.
    bool detach(Subscriber& subscriber);

    // Tells the session which partners are online (P-3); calls `profile` with what is known about
    // its own user. `found` is not called when the session has gone.
    using Greeting = std::function<void(Subscriber&, Person const& self,
                                        std::vector<store::Presence> const& online_partners)>;
    void greet(Subscriber& subscriber, Greeting const& found);

    // Hands a write to the store, unless its writer or its conversation has too many. The outcome
    // comes back to the subscriber (`write.origin` names the place), or to `done`.
    Status write(Subscriber& subscriber, store::Write& write, WriteTag const& tag);
    Status write(store::Command command, WriteDone done);

    // A batch became durable. The same object on every shard.
    void on_commit(store::CommitBatch const& batch);

    // The newest position that this shard's sessions have been told about.
    Pos head() const { return head_; }

    // Nothing happens by time any more; before the timers go.
    void cancel_timers() { cancel(); }

    // Missed events of the session's user.
    using ResumeFound = std::function<void(Subscriber&, Result<store::ResumePage> const&)>;
    void resume(Subscriber& subscriber, Pos after, std::uint32_t limit, ResumeFound found);

    // Called once, perhaps later: taken, or refused because the user takes no part there.
    using Taken = std::function<void(Status const&)>;
    void typing(UserId user, std::string user_name, ConversationId conversation, bool is_typing,
                Taken taken);
    void delivered(UserId user, ConversationId conversation, ConvSeq up_to, Taken taken);
    void relay(UserId user, ConversationId conversation, SharedFrame frame, Taken taken);
    // Those of `ids` who are partners of the user, with their state (P-4); all of them for user 0,
    // the marketplace.
    using PresenceFound =
        std::function<void(std::vector<store::Presence> const&, std::vector<UserId> const& online)>;
    Status presence(UserId user, std::vector<UserId> ids, PresenceFound found);

    ShardId shard() const { return parts_.shard; }
    Registry const& sessions() const { return registry_; }
    HubCounters const& counters() const { return counters_; }
    ReadQueue& reads() { return reads_; }
    // Entries of each bounded table, and what was refused because one was full. Any-thread.
    std::array<TableUse, 7> table_uses() const;

private:
    friend class ReadQueue;

    struct Delivered {
        AudiencePtr audience;
        ConvSeq up_to;
    };
    using Due = std::multimap<MonoMs, std::function<void(MonoMs)>>;

    void on_timer(MonoMs now) override;
    void at(MonoMs due, std::function<void(MonoMs)> action);
    void wake_by(MonoMs time);

    Status admit_connection(UserId user);
    Status admit(store::Command const& command);
    void fan_out(store::Event const& event, Subscriber const* origin);
    void complete(store::Outcome const& outcome);
    void measure(Waiter const& waiter);
    void tell_access(store::AccessState const& access);
    void tell_unread(store::Event const& read_event);
    void end_typing_of(store::Event const& message);

    void find_audience(ConversationId conversation, AudienceCache::Found found);
    void with_audience(UserId user, ConversationId conversation, Taken taken,
                       std::function<void(AudiencePtr const&)> allowed);
    void broadcast(AudiencePtr audience, UserId except, SharedFrame frame, EphemeralKind kind,
                   std::uint64_t key);
    void deliver_ephemeral(Audience const& audience, UserId except, SharedFrame const& frame,
                           EphemeralKind kind, std::uint64_t key);
    void deliver_stop(Audience const& audience, UserId except, SharedFrame const& frame);
    struct Typist {
        ConversationId conversation;
        UserId user;
    };
    void start_typing(Typist who, std::string user_name, AudiencePtr const& audience);
    void stop_typing(Typist who, AudiencePtr const& audience);
    void expire_typing(Typist who, MonoMs now);
    void tell_typing(Typist who, AudiencePtr const& audience, std::string_view user_name,
                     std::int64_t expires_in_ms);
    void post_until_taken(ShardId shard, HubTask task);
    enum class Change : std::uint8_t { kCameOnline, kWentOffline };
    void announce(UserId user, Change change, WallMs last_seen);
    ReadQueue::Read find_viewers(UserId user, Change change, WallMs last_seen) const;
    void touch_last_seen(UserId user);
    void depart(UserId user, std::uint64_t departure);
    void flush_delivered();

    HubParts const parts_;
    Registry registry_;
    Listeners listeners_;
    RateLimitTable<UserId> connects_;
    WriteLimiter limiter_;
    WaiterTable waiters_;
    AudienceCache audiences_;
    ReadQueue reads_;
    Due due_;
    std::map<std::pair<ConversationId, UserId>, Delivered> delivered_;
    std::atomic<std::size_t> delivered_count_{0};
    Pos head_;
    HubCounters counters_;
};

}  // namespace sewa::chat
