#pragma once

#include <cstdint>
#include <deque>
#include <vector>

namespace sewa::peer_load {

// What was said in one room and who heard it: a message is complete when every other member has
// it. Servers that promise nothing are counted, not refused: every sender's messages should be
// heard by every other member once and in the order in which they were sent.
//
// Holds the messages that are not complete, which the generator's window bounds, and the numbers
// that were skipped.
class Talk {
public:
    Talk(std::uint32_t members, std::uint32_t senders);

    // The number, from 1, of the next message of `sender`.
    std::uint32_t send(std::uint32_t sender, std::uint64_t now_ns);

    enum class Sight : std::uint8_t { kNew, kCompleted, kDoubled, kUnknown };
    Sight saw(std::uint32_t receiver, std::uint32_t sender, std::uint32_t number);

    // Waits no longer for messages of `sender` that were sent before `ns`; returns how many.
    std::uint32_t give_up(std::uint32_t sender, std::uint64_t ns);

    std::uint64_t heard() const { return heard_; }
    // Of all that was sent so far: deliveries that have not come.
    std::uint64_t missing() const;
    std::uint64_t reordered() const { return reordered_; }
    std::uint64_t doubled() const { return doubled_; }

private:
    struct Message {
        std::uint64_t sent_ns = 0;
        std::uint32_t waits_for = 0;  // Members; 0: complete, or given up.
    };
    struct Sender {
        std::uint32_t sent = 0;
        std::deque<Message> open;  // Up to number `sent`.
    };
    struct Ear {
        std::uint32_t last = 0;
        std::vector<std::uint32_t> skipped;
    };

    // False when this number was heard before.
    bool hear(Ear& ear, std::uint32_t number);

    std::uint32_t const members_;
    std::vector<Sender> senders_;
    std::vector<Ear> ears_;  // By receiver, then sender.
    std::uint64_t heard_ = 0;
    std::uint64_t reordered_ = 0;
    std::uint64_t doubled_ = 0;
};

}  // namespace sewa::peer_load
