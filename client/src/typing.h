#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/clock.h"
#include "frame_reader.h"

namespace sewa::client {

// Who types where, as others say it. Owned by ClientCore. At most `kTypistsMax`; a further one is
// not shown. An entry ends by a stop, by a message or by time (P-5, P-7).
class TypingTable {
public:
    static constexpr std::size_t kTypistsMax = 1'000;
    static constexpr std::int64_t kSignMs = 3'000;

    void heard(TypingFrame const& frame, MonoMs now, std::vector<Event>& out);
    void ended(ConversationId conversation, UserId user, std::vector<Event>& out);
    void expire(MonoMs now, std::vector<Event>& out);
    void clear(std::vector<Event>& out);
    std::optional<MonoMs> next_due() const;

private:
    struct Entry {
        std::string name;
        MonoMs until;
    };
    std::map<std::pair<ConversationId, UserId>, Entry> typists_;
};

// The own key presses, thinned out: at most one sign in 3 s, a stop after 2 s without a key.
class TypingSignal {
public:
    static constexpr std::int64_t kRepeatMs = 3'000;
    static constexpr std::int64_t kIdleMs = 2'000;

    struct Sign {
        ConversationId conversation;
        bool is_typing;
    };

    std::vector<Sign> keystroke(ConversationId conversation, MonoMs now);
    std::optional<Sign> stop();
    std::optional<Sign> tick(MonoMs now);
    void message_sent(ConversationId conversation);  // The server ends the typing itself (P-5).
    void forget() { *this = {}; }
    std::optional<MonoMs> next_due() const;

private:
    ConversationId current_;
    ConversationId signed_;  // Where the last sign went.
    MonoMs last_key_;
    MonoMs last_sign_;
};

}  // namespace sewa::client
