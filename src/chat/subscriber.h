#pragma once

#include <cstdint>
#include <string_view>

#include "core/ephemeral.h"
#include "core/id.h"
#include "core/shared_frame.h"
#include "store/write.h"

namespace sewa::chat {

// Names one subscriber of one hub; stays valid as a question after the subscriber has gone.
struct SubscriberHandle {
    UserId user;
    std::uint64_t number = 0;  // Of this coming, among all of the hub.
};

// What a connection says when it sends a write; comes back with the outcome.
struct WriteTag {
    std::string_view request_id;
    std::string_view client_msg_id;
    bool is_message = false;
};

// One live session, as the hub sees it. Shard-local; owned by its connection, which attaches it to
// the hub and detaches it before it goes. From inside a callback a subscriber may detach itself
// but no other.
class Subscriber {
public:
    virtual ~Subscriber() = default;

    // A committed event of one of the user's conversations, in commit order.
    virtual void on_event(store::Event const& event) = 0;
    // May be dropped; `key` (0: none) lets a newer frame replace a queued one of the same kind.
    virtual void on_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) = 0;
    // Somebody no longer types; never dropped (P-5).
    virtual void on_typing_stop(SharedFrame const& frame) = 0;
    // The answer to an own write, in commit order with everything else.
    virtual void on_outcome(WriteTag const& tag, Result<store::Receipt> const& result) = 0;

    // What counts for this user's tokens has changed; a session that may not go on ends.
    virtual void on_access(store::AccessState const& access) = 0;

    // True when an ack is this session's copy of its own messages (M-4).
    virtual bool acks_are_copies() const = 0;

    UserId user() const { return user_; }
    SubscriberHandle handle() const { return {user_, number_}; }

protected:
    UserId user_;

private:
    friend class Registry;
    std::uint64_t number_ = 0;
    Subscriber* next_of_user_ = nullptr;
};

}  // namespace sewa::chat
