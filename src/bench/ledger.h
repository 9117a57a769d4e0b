#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace sewa::bench {

// What the members of one conversation have seen, and whether it can be true: every member sees
// every number once, in ascending order and without a hole, all see the same message under the
// same number, and nobody's message appears twice or before an earlier one of theirs.
//
// Owned by a worker, not synchronised. Holds what not all members have seen yet, which the
// generator's window bounds.
class Ledger {
public:
    explicit Ledger(std::uint32_t members) : seen_(members, 0), taken_(members, 0) {}

    struct Message {
        std::uint32_t member = 0;  // Who sent it.
        std::uint32_t number = 0;  // Their how-manieth, from 1.
    };

    struct Sight {
        std::string wrong;                 // Empty: nothing is wrong.
        std::optional<Message> completed;  // All members have seen this one now.
    };
    // `member` received `message`, or the acknowledgement of their own, as `conv_seq`.
    Sight saw(std::uint32_t member, std::int64_t conv_seq, Message const& message);

    // True when the number is not beyond what the member has seen: a replay may repeat it.
    bool has_seen(std::uint32_t member, std::int64_t conv_seq) const;

    // Messages that somebody has not seen yet.
    std::size_t open() const { return entries_.size(); }
    // How many messages of this member are in the conversation.
    std::uint32_t taken(std::uint32_t member) const { return taken_[member]; }

private:
    struct Entry {
        Message message;
        std::uint32_t seen_by = 0;
    };

    std::optional<std::int64_t> base_;  // The number before the first one that anybody saw.
    std::vector<std::int64_t> seen_;    // By member, counted from base_.
    std::vector<std::uint32_t> taken_;
    std::int64_t completed_ = 0;  // Entries that have left, counted from base_.
    std::deque<Entry> entries_;
};

}  // namespace sewa::bench
