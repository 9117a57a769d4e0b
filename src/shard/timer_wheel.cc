#include "shard/timer_wheel.h"

#include <algorithm>
#include <bit>

#include "core/assert.h"

namespace sewa::shard {

namespace {

using detail::TimerLink;

void make_empty(TimerLink& head) {
    head.previous = head.next = &head;
}

bool is_empty(TimerLink const& head) {
    return head.next == &head;
}

void push_back(TimerLink& head, TimerLink& link) {
    link.previous = head.previous;
    link.next = &head;
    head.previous->next = &link;
    head.previous = &link;
}

void unlink(TimerLink& link) {
    link.previous->next = link.next;
    link.next->previous = link.previous;
    link.previous = link.next = nullptr;
}

// Moves everything from one list to the end of another.
void splice(TimerLink& from, TimerLink& to) {
    if (is_empty(from)) return;
    from.next->previous = to.previous;
    to.previous->next = from.next;
    from.previous->next = &to;
    to.previous = from.previous;
    make_empty(from);
}

// The first tick that is not before `due`.
std::uint64_t tick_of(MonoMs due) {
    if (due.value <= 0) return 0;
    return static_cast<std::uint64_t>(due.value + TimerWheel::kTickMs - 1) / TimerWheel::kTickMs;
}

}  // namespace

void Timer::cancel() {
    if (is_scheduled()) unlink(*this);
}

TimerWheel::TimerWheel(MonoMs now) : tick_(static_cast<std::uint64_t>(now.value) / kTickMs) {
    SEWA_ASSERT(now.value >= 0);
    for (auto& level : levels_) {
        for (auto& slot : level.slots) make_empty(slot);
    }
    make_empty(firing_);
}

TimerWheel::~TimerWheel() {
    for (auto& level : levels_) {
        for (auto& slot : level.slots) {
            while (!is_empty(slot)) unlink(*slot.next);
        }
    }
}

void TimerWheel::schedule(Timer& timer, MonoMs due) {
    timer.cancel();
    timer.due_ = due;
    insert(timer, std::max(tick_of(due), tick_ + 1));
}

void TimerWheel::insert(Timer& timer, std::uint64_t tick) {
    constexpr std::uint64_t kRange = std::uint64_t{1} << (kSlotBits * kLevels);
    std::uint64_t const distance = std::min(tick - tick_, kRange - 1);
    int const level = distance == 0 ? 0 : (std::bit_width(distance) - 1) / kSlotBits;
    std::uint64_t const slot = ((tick_ + distance) >> (level * kSlotBits)) & (kSlots - 1);
    push_back(levels_[level].slots[slot], timer);
    levels_[level].occupied |= std::uint64_t{1} << slot;
}

void TimerWheel::advance(MonoMs now) {
    auto const target = static_cast<std::uint64_t>(now.value) / kTickMs;
    while (true) {
        auto const next = next_tick();
        if (!next || *next > target) break;
        tick_ = *next;
        for (int level = kLevels - 1; level > 0; --level) redistribute(level);
        fire_slot(now);
    }
    tick_ = std::max(tick_, target);
}

// When a level's slot begins, its timers move to the levels below.
void TimerWheel::redistribute(int level) {
    int const shift = level * kSlotBits;
    if ((tick_ & ((std::uint64_t{1} << shift) - 1)) != 0) return;
    std::uint64_t const slot = (tick_ >> shift) & (kSlots - 1);
    TimerLink moving;
    make_empty(moving);
    splice(levels_[level].slots[slot], moving);
    levels_[level].occupied &= ~(std::uint64_t{1} << slot);
    while (!is_empty(moving)) {
        auto& timer = static_cast<Timer&>(*moving.next);
        unlink(timer);
        insert(timer, std::max(tick_of(timer.due_), tick_));
    }
}

void TimerWheel::fire_slot(MonoMs now) {
    std::uint64_t const slot = tick_ & (kSlots - 1);
    splice(levels_[0].slots[slot], firing_);
    levels_[0].occupied &= ~(std::uint64_t{1} << slot);
    sort_firing();
    while (!is_empty(firing_)) {
        auto& timer = static_cast<Timer&>(*firing_.next);
        unlink(timer);
        timer.on_timer(now);
    }
}

// Timers of one tick differ by up to 16 ms, and those that came from upper levels are behind
// those that were scheduled later.
void TimerWheel::sort_firing() {
    sorting_.clear();
    bool is_sorted = true;
    for (auto* link = firing_.next; link != &firing_; link = link->next) {
        auto* timer = static_cast<Timer*>(link);
        if (!sorting_.empty() && timer->due_ < sorting_.back()->due_) is_sorted = false;
        sorting_.push_back(timer);
    }
    if (is_sorted) return;
    std::stable_sort(sorting_.begin(), sorting_.end(),
                     [](Timer const* a, Timer const* b) { return a->due_ < b->due_; });
    make_empty(firing_);
    for (auto* timer : sorting_) push_back(firing_, *timer);
}

std::optional<MonoMs> TimerWheel::next_due() const {
    auto const tick = next_tick();
    if (!tick) return std::nullopt;
    return MonoMs{static_cast<std::int64_t>(*tick) * kTickMs};
}

std::optional<std::uint64_t> TimerWheel::next_tick() const {
    std::optional<std::uint64_t> first;
    for (int level = 0; level < kLevels; ++level) {
        auto const tick = next_tick_of(level);
        if (tick && (!first || *tick < *first)) first = tick;
    }
    return first;
}

// The tick at which the next slot of `level` that holds a timer begins.
std::optional<std::uint64_t> TimerWheel::next_tick_of(int level) const {
    auto& [slots, occupied] = levels_[level];
    int const shift = level * kSlotBits;
    std::uint64_t const block = tick_ >> shift;
    while (occupied != 0) {
        // The current slot is past: whatever is in it belongs to the next round.
        auto const start = static_cast<int>((block + 1) & (kSlots - 1));
        auto const ahead = static_cast<std::uint64_t>(std::countr_zero(std::rotr(occupied, start)));
        std::uint64_t const slot = (start + ahead) & (kSlots - 1);
        if (!is_empty(slots[slot])) return (block + 1 + ahead) << shift;
        occupied &= ~(std::uint64_t{1} << slot);
    }
    return std::nullopt;
}

}  // namespace sewa::shard
