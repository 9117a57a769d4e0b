#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace sewa {

// Small values by an identifier that is not 0, all in one array: 16 bytes and a little air for an
// entry of 16 bytes, where a node of std::unordered_map takes 48 with its bucket. Not synchronised.
// Grows by doubling and never shrinks, so memory follows the most entries there have been.
//
// Linear probing, at most 7/8 full. Pointers are good until the next insertion or removal.
template <typename Key, typename Value>
class FlatMap {
public:
    Value* find(Key key) const {
        if (capacity_ == 0) return nullptr;
        auto& entry = entries_[place_of(key)];
        return entry.key == key ? &entry.value : nullptr;
    }
    bool contains(Key key) const { return find(key) != nullptr; }

    // The value of `key`, default-constructed if there was none, and whether it is new.
    std::pair<Value&, bool> insert(Key key) {
        if (auto* const known = find(key)) return {*known, false};
        if (size_ + 1 > capacity_ / 8 * 7) grow();
        ++size_;
        auto& entry = entries_[place_of(key)];
        entry.key = key;
        return {entry.value, true};
    }

    void erase(Key key) {
        if (!contains(key)) return;
        --size_;
        auto hole = place_of(key);
        entries_[hole] = {};
        // What probed past the hole moves into it, so that nothing is cut off from its home.
        for (auto at = next(hole); entries_[at].key; at = next(at)) {
            auto const home = home_of(entries_[at].key);
            if (((at - home) & mask()) < ((at - hole) & mask())) continue;
            entries_[hole] = std::exchange(entries_[at], {});
            hole = at;
        }
    }

    std::size_t size() const { return size_; }

private:
    struct Entry {
        Key key;
        Value value{};
    };
    static constexpr std::size_t kFirstCapacity = 16;

    std::size_t mask() const { return capacity_ - 1; }
    std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
    // The hash of an identifier multiplies; its upper bits are the good ones.
    std::size_t home_of(Key key) const {
        return static_cast<std::uint64_t>(std::hash<Key>{}(key)) >>
               (64 - std::countr_zero(capacity_));
    }
    // Where the key is, or the free place where it belongs.
    std::size_t place_of(Key key) const {
        auto at = home_of(key);
        while (entries_[at].key && entries_[at].key != key) at = next(at);
        return at;
    }

    void grow() {
        auto const before = std::move(entries_);
        auto const count =
            std::exchange(capacity_, capacity_ == 0 ? kFirstCapacity : capacity_ * 2);
        entries_ = std::make_unique<Entry[]>(capacity_);
        for (std::size_t i = 0; i < count; ++i) {
            if (before[i].key) entries_[place_of(before[i].key)] = before[i];
        }
    }

    std::unique_ptr<Entry[]> entries_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
};

}  // namespace sewa
