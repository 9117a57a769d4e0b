#include "bench/ledger.h"

#include <fmt/format.h>

namespace sewa::bench {

bool Ledger::has_seen(std::uint32_t member, std::int64_t conv_seq) const {
    return base_ && conv_seq <= *base_ + seen_[member];
}

Ledger::Sight Ledger::saw(std::uint32_t member, std::int64_t conv_seq, Message const& message) {
    if (message.member >= taken_.size()) {
        return {fmt::format("a message of member {}, who is not here", message.member), {}};
    }
    if (!base_) base_ = conv_seq - 1;
    auto const expected = *base_ + seen_[member] + 1;
    if (conv_seq != expected) {
        return {fmt::format("member {} got conv_seq {} instead of {}: {}", member, conv_seq,
                            expected, conv_seq < expected ? "doubled or reordered" : "lost"),
                {}};
    }
    ++seen_[member];
    auto const index = static_cast<std::size_t>(seen_[member] - 1 - completed_);
    if (index == entries_.size()) {
        if (message.number != taken_[message.member] + 1) {
            return {fmt::format("conv_seq {} is message {} of member {}, after their {}", conv_seq,
                                message.number, message.member, taken_[message.member]),
                    {}};
        }
        taken_[message.member] = message.number;
        entries_.push_back({message, 0});
    }
    auto& entry = entries_[index];
    if (entry.message.member != message.member || entry.message.number != message.number) {
        return {fmt::format("member {} got another message as conv_seq {} than those before",
                            member, conv_seq),
                {}};
    }
    if (++entry.seen_by < seen_.size()) return {};
    // Everybody sees in order, so that the first entry is complete first.
    entries_.pop_front();
    ++completed_;
    return {{}, message};
}

}  // namespace sewa::bench
