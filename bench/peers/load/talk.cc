#include "load/talk.h"

#include <algorithm>

namespace sewa::peer_load {

Talk::Talk(std::uint32_t members, std::uint32_t senders)
    : members_(members), senders_(senders), ears_(std::size_t{members} * senders) {}

std::uint32_t Talk::send(std::uint32_t sender, std::uint64_t now_ns) {
    auto& from = senders_[sender];
    from.open.push_back({now_ns, members_ - 1});
    return ++from.sent;
}

bool Talk::hear(Ear& ear, std::uint32_t number) {
    if (number > ear.last) {
        for (auto skipped = ear.last + 1; skipped < number; ++skipped) {
            ear.skipped.push_back(skipped);
        }
        ear.last = number;
        return true;
    }
    auto const late = std::find(ear.skipped.begin(), ear.skipped.end(), number);
    if (late == ear.skipped.end()) return false;
    ear.skipped.erase(late);
    ++reordered_;
    return true;
}

Talk::Sight Talk::saw(std::uint32_t receiver, std::uint32_t sender, std::uint32_t number) {
    if (sender >= senders_.size() || receiver == sender) return Sight::kUnknown;
    auto& from = senders_[sender];
    if (number == 0 || number > from.sent) return Sight::kUnknown;
    if (!hear(ears_[std::size_t{receiver} * senders_.size() + sender], number)) {
        ++doubled_;
        return Sight::kDoubled;
    }
    ++heard_;
    auto const behind = from.sent - number;  // How many of the open ones are younger.
    if (behind >= from.open.size()) return Sight::kNew;
    auto& message = from.open[from.open.size() - 1 - behind];
    if (message.waits_for == 0 || --message.waits_for > 0) return Sight::kNew;
    while (!from.open.empty() && from.open.front().waits_for == 0) from.open.pop_front();
    return Sight::kCompleted;
}

std::uint32_t Talk::give_up(std::uint32_t sender, std::uint64_t ns) {
    auto& open = senders_[sender].open;
    std::uint32_t count = 0;
    while (!open.empty() && (open.front().waits_for == 0 || open.front().sent_ns < ns)) {
        if (open.front().waits_for > 0) ++count;
        open.pop_front();
    }
    return count;
}

std::uint64_t Talk::missing() const {
    std::uint64_t expected = 0;
    for (auto const& sender : senders_) expected += std::uint64_t{sender.sent} * (members_ - 1);
    return expected - heard_;
}

}  // namespace sewa::peer_load
