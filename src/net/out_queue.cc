#include "net/out_queue.h"

#include <algorithm>

#include "core/assert.h"
#include "net/connection.h"

namespace sewa::net {

namespace {

constexpr std::size_t kEntryCharge = 64;

}  // namespace

std::string_view OutEntry::bytes() const {
    if (piece != nullptr) return piece->bytes;
    return frame.wire();
}

std::size_t OutEntry::charge() const {
    return bytes().size() + kEntryCharge;
}

OutQueue::~OutQueue() {
    clear();
    shrink();
}

bool OutQueue::push(SharedFrame frame) {
    auto const charge = frame.wire().size() + kEntryCharge;
    if (!fits(charge) && !make_room(charge, kEphemeralKinds)) return false;
    append({.frame = std::move(frame), .piece = nullptr});
    return true;
}

bool OutQueue::push_ephemeral(SharedFrame frame, EphemeralKind kind, std::uint64_t key) {
    auto const index = static_cast<std::uint8_t>(kind);
    if (key != 0 && ephemeral_[index] != 0 && replace(frame, index, key)) return true;
    auto const charge = frame.wire().size() + kEntryCharge;
    if (!fits(charge) && !make_room(charge, index)) {
        pool_.counters_.shed[index].add();
        return false;
    }
    append({.frame = std::move(frame), .piece = nullptr, .coalesce_key = key, .kind = index});
    return true;
}

bool OutQueue::push_piece(std::unique_ptr<OutPiece> piece) {
    if (charge_ >= pool_.bytes_max_ && !make_room(0, kEphemeralKinds)) return false;
    append({.frame = {}, .piece = std::move(piece)});
    return true;
}

void OutQueue::add_charge(std::size_t bytes) {
    charge_ += bytes;
    pool_.counters_.queued.add(bytes);
}

void OutQueue::drop_charge(std::size_t bytes) {
    charge_ -= bytes;
    pool_.counters_.queued.subtract(bytes);
}

bool OutQueue::fits(std::size_t charge) const {
    return is_empty() || charge_ + charge <= pool_.bytes_max_;
}

// Sheds the first `kinds` kinds, whole kinds at once: a full queue is scanned once per kind and
// not once per frame.
bool OutQueue::make_room(std::size_t charge, std::size_t kinds) {
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        if (ephemeral_[kind] == 0) continue;
        shed(static_cast<std::uint8_t>(kind));
        if (fits(charge)) return true;
    }
    return false;
}

void OutQueue::shed(std::uint8_t kind) {
    auto keep = static_cast<std::uint32_t>(first_unpinned());
    for (auto i = keep; i < tail_; ++i) {
        if (entries_[i].kind == kind) {
            drop_charge(entries_[i].charge());
            --ephemeral_[kind];
            pool_.counters_.shed[kind].add();
        } else {
            if (keep != i) entries_[keep] = std::move(entries_[i]);
            ++keep;
        }
    }
    while (tail_ > keep) entries_[--tail_] = {};
}

bool OutQueue::replace(SharedFrame& frame, std::uint8_t kind, std::uint64_t key) {
    for (auto i = first_unpinned(); i < tail_; ++i) {
        if (entries_[i].kind != kind || entries_[i].coalesce_key != key) continue;
        drop_charge(entries_[i].charge());
        entries_[i].frame = std::move(frame);
        add_charge(entries_[i].charge());
        pool_.counters_.coalesced.add();
        return true;
    }
    return false;
}

std::size_t OutQueue::first_unpinned() const {
    std::size_t seen = front_offset_ + pinned_;
    std::size_t i = head_;
    while (seen > 0 && i < tail_) {
        seen -= std::min(seen, entries_[i].bytes().size());
        ++i;
    }
    return i;
}

void OutQueue::append(OutEntry entry) {
    if (tail_ == capacity_) make_space();
    add_charge(entry.charge());
    if (entry.kind != kDurable) ++ephemeral_[entry.kind];
    entries_[tail_++] = std::move(entry);
}

// Moves the entries down when half of the space in front is free, else doubles the space.
void OutQueue::make_space() {
    auto* target = entries_;
    // One pointer serves the inline entries and these alike.
    if (head_ < capacity_ / 2) target = new OutEntry[capacity_ * 2];
    std::move(entries_ + head_, entries_ + tail_, target);
    tail_ -= head_;
    head_ = 0;
    if (target == entries_) return;
    if (entries_ != inline_.data()) delete[] entries_;
    entries_ = target;
    capacity_ *= 2;
}

std::span<iovec> OutQueue::gather(std::span<iovec> parts) const {
    std::size_t count = 0;
    std::size_t skip = front_offset_;
    for (auto i = head_; i < tail_ && count < parts.size() && !entries_[i].is_file(); ++i) {
        auto const bytes = entries_[i].bytes().substr(skip);
        skip = 0;
        parts[count++] = {const_cast<char*>(bytes.data()), bytes.size()};
    }
    return parts.first(count);
}

OutPiece* OutQueue::front_file() const {
    if (is_empty() || !entries_[head_].is_file()) return nullptr;
    return entries_[head_].piece.get();
}

void OutQueue::consume(std::size_t bytes) {
    pinned_ = 0;
    if (auto* file = front_file()) {
        SEWA_ASSERT(bytes <= file->remaining);
        file->offset += bytes;
        file->remaining -= bytes;
        if (file->remaining == 0) pop_front();
        return;
    }
    front_offset_ += bytes;
    while (!is_empty() && !entries_[head_].is_file()) {
        auto const size = entries_[head_].bytes().size();
        if (front_offset_ < size) return;
        front_offset_ -= size;
        pop_front();
    }
    SEWA_ASSERT(front_offset_ == 0);
}

void OutQueue::pop_front() {
    auto& entry = entries_[head_++];
    drop_charge(entry.charge());
    if (entry.kind != kDurable) --ephemeral_[entry.kind];
    entry = {};
    if (is_empty()) head_ = tail_ = 0;
}

void OutQueue::clear() {
    while (!is_empty()) pop_front();
    front_offset_ = pinned_ = 0;
    deadline.cancel();
}

std::size_t OutQueue::spare_capacity() const {
    return capacity_ - kInlineEntries;
}

void OutQueue::shrink() {
    if (entries_ != inline_.data()) delete[] entries_;
    entries_ = inline_.data();
    capacity_ = kInlineEntries;
}

OutQueuePool::OutQueuePool(std::size_t bytes_max, NetCounters& counters)
    : bytes_max_(bytes_max), counters_(counters) {}

OutQueue& OutQueuePool::take() {
    auto queue = free_.empty() ? std::make_unique<OutQueue>(*this) : pop();
    unused_ = std::min(unused_, free_.size());
    return *queue.release();
}

std::unique_ptr<OutQueue> OutQueuePool::pop() {
    auto queue = std::move(free_.back());
    free_.pop_back();
    spare_kept_ -= queue->spare_capacity();
    return queue;
}

bool OutQueuePool::trim() {
    for (; unused_ > 0; --unused_) pop();
    unused_ = free_.size();
    return unused_ > 0;
}

void OutQueuePool::give_back(OutQueue& queue) {
    std::unique_ptr<OutQueue> owned(&queue);
    if (free_.size() >= kKeptMax) return;
    queue.clear();
    if (spare_kept_ + queue.spare_capacity() > kSpareEntriesMax) queue.shrink();
    spare_kept_ += queue.spare_capacity();
    free_.push_back(std::move(owned));
}

}  // namespace sewa::net
