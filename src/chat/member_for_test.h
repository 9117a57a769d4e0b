#pragma once

#include "chat/subscriber.h"

namespace sewa::chat {

// A session that hears and ignores everything.
struct Member final : Subscriber {
    explicit Member(std::int64_t user) { user_ = UserId{user}; }
    void on_event(store::Event const&) override {}
    void on_access(store::AccessState const&) override {}
    void on_ephemeral(SharedFrame const&, EphemeralKind, std::uint64_t) override {}
    void on_typing_stop(SharedFrame const&) override {}
    void on_outcome(WriteTag const&, Result<store::Receipt> const&) override {}
    bool acks_are_copies() const override { return true; }
};

}  // namespace sewa::chat
