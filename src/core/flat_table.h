#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace sewa {

// Entries that know their key, all in one array. `KeyOf` tells the key of an entry, an identifier;
// the one of an empty entry, `Entry{}`, is 0. Not synchronised. Grows by doubling and never
// shrinks, so memory follows the most entries there have been.
//
// Linear probing, at most 7/8 full. Pointers are good until the next insertion or removal.
template <typename Entry, typename KeyOf>
class FlatTable {
public:
    using Key = decltype(KeyOf{}(Entry{}));

    // Null for key 0 as well.
    Entry* find(Key key) const {
        if (capacity_ == 0 || !key) return nullptr;
        auto& entry = entries_[place_of(key)];
        return key_at(entry) ? &entry : nullptr;
    }
    bool contains(Key key) const { return find(key) != nullptr; }

    // The entry of `key` and whether it is new: then it is empty, and has to be filled in with one
    // of that key before the next call.
    std::pair<Entry&, bool> insert(Key key) {
        if (auto* const known = find(key)) return {*known, false};
        if (size_ + 1 > capacity_ / 8 * 7) grow();
        ++size_;
        return {entries_[place_of(key)], true};
    }

    void erase(Key key) {
        if (!contains(key)) return;
        --size_;
        auto hole = place_of(key);
        entries_[hole] = {};
        // What probed past the hole moves into it, so that nothing is cut off from its home.
        for (auto at = next(hole); key_at(entries_[at]); at = next(at)) {
            auto const home = home_of(key_at(entries_[at]));
            if (((at - home) & mask()) < ((at - hole) & mask())) continue;
            entries_[hole] = std::exchange(entries_[at], {});
            hole = at;
        }
    }

    // Calls `visit(Entry const&)` for each, in no order.
    template <typename Visit>
    void each(Visit&& visit) const {
        for (std::size_t i = 0; i < capacity_; ++i) {
            if (key_at(entries_[i])) visit(std::as_const(entries_[i]));
        }
    }

    std::size_t size() const { return size_; }

private:
    static constexpr std::size_t kFirstCapacity = 16;

    static Key key_at(Entry const& entry) { return KeyOf{}(entry); }
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
        while (key_at(entries_[at]) && key_at(entries_[at]) != key) at = next(at);
        return at;
    }

    void grow() {
        auto const before = std::move(entries_);
        auto const count =
            std::exchange(capacity_, capacity_ == 0 ? kFirstCapacity : capacity_ * 2);
        entries_ = std::make_unique<Entry[]>(capacity_);
        for (std::size_t i = 0; i < count; ++i) {
            if (auto const key = key_at(before[i])) entries_[place_of(key)] = before[i];
        }
    }

    std::unique_ptr<Entry[]> entries_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
};

}  // namespace sewa
