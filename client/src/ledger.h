#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "frame_reader.h"

namespace sewa::client {

// Which events of which conversation were applied, and up to which position.
//
// Owned by ClientCore, on its thread. Pure: no clock, no I/O. Bounded by `held_max` events that
// wait for a gap and by `conversations_max`; a conversation that is not known is begun by its next
// event, which is right because the stream itself has no gaps (M-5). When all conversations are
// known, a new one is expected from its first event on, unless it is long already: joining a group
// of a million events must not read them all.
class Ledger {
public:
    struct Limits {
        std::size_t held_max = 10'000;
        std::size_t conversations_max = 100'000;
    };
    static constexpr std::int64_t kReadFromStartMax = 100;
    enum class Knowledge { kComplete, kPartial };
    enum class Placed { kApplied, kIgnored, kHeld, kFull };
    struct Gap {
        ConversationId conversation;
        ConvSeq after;
    };

    explicit Ledger(Limits limits) : limits_(limits) {}

    // Appends to `ready`, in order, what may be shown now: the frame and what waited for it.
    // kFull: nothing was kept, the application needs a snapshot.
    Placed place(DurableFrame frame, std::vector<DurableFrame>& ready);

    // Up to here the conversation has events that will not come by the stream: they have to be
    // read.
    void promise(ConversationId conversation, ConvSeq seq);

    // The stream delivered everything up to here. The cursor follows, but never past an event that
    // is held: what is missing before it would not be sent again.
    void received(Pos pos);
    Pos cursor() const;

    std::vector<Gap> gaps() const;
    bool knows(ConversationId conversation) const { return known_.contains(conversation); }
    ConvSeq applied(ConversationId conversation) const;
    std::map<ConversationId, ConvSeq> all_applied() const;

    // The state that a snapshot brought replaces everything.
    void reset(Pos pos, std::vector<Conversation> const& conversations, Knowledge knowledge);
    void restore(Pos pos, std::map<ConversationId, ConvSeq> const& applied);
    void clear();
    // The user has no access now; what was held cannot be completed.
    void abandon(ConversationId conversation);

private:
    struct Known {
        ConvSeq applied;
        ConvSeq promised;  // None when everything promised was applied.
        std::map<ConvSeq, DurableFrame> held;
    };

    Known& known_or_begun(ConversationId conversation, ConvSeq first);
    void make_room();
    void release(Known& known, std::vector<DurableFrame>& ready);
    void open_gap();
    bool is_whole() const { return held_ == 0 && promises_ == 0; }

    Limits const limits_;
    std::unordered_map<ConversationId, Known> known_;
    Knowledge knowledge_ = Knowledge::kPartial;
    std::size_t held_ = 0;
    std::size_t promises_ = 0;  // Conversations with a promise.
    Pos received_;
    Pos floor_;  // Where the cursor stood when the oldest gap opened.
};

}  // namespace sewa::client
