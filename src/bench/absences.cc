#include "bench/absences.h"

#include "bench/board.h"

namespace sewa::bench {

namespace {

// Apart, so that those who leave one after the other are not of one conversation.
constexpr std::uint64_t kStride = 7919;

}  // namespace

void Absences::begin(std::uint64_t now_ns) {
    if (has_begun_ || per_second_ <= 0 || people_ == 0) return;
    has_begun_ = true;
    begun_ns_ = now_ns;
}

void Absences::end() {
    has_begun_ = false;
    for (auto& away : away_) away.until_ns = 0;
}

std::optional<std::uint32_t> Absences::next_to_leave(std::uint64_t now_ns) {
    auto const passed = static_cast<double>(now_ns - begun_ns_) / kNsPerSecond;
    if (!has_begun_ || static_cast<double>(turns_ + 1) > passed * per_second_) return std::nullopt;
    return static_cast<std::uint32_t>(turns_++ * kStride % people_);
}

void Absences::left(std::uint32_t person, std::uint64_t now_ns) {
    away_.push_back({person, now_ns + static_cast<std::uint64_t>(away_seconds_ * kNsPerSecond)});
}

std::optional<std::uint32_t> Absences::next_to_return(std::uint64_t now_ns) {
    if (away_.empty() || away_.front().until_ns > now_ns) return std::nullopt;
    auto const person = away_.front().person;
    away_.pop_front();
    return person;
}

}  // namespace sewa::bench
