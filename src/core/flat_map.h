#pragma once

#include <cstddef>
#include <utility>

#include "core/flat_table.h"

namespace sewa {

// Small values by an identifier that is not 0: 16 bytes and a little air for an entry of 16 bytes,
// where a node of std::unordered_map takes 48 with its bucket. See FlatTable.
template <typename Key, typename Value>
class FlatMap {
public:
    Value* find(Key key) const {
        auto* const entry = entries_.find(key);
        return entry == nullptr ? nullptr : &entry->value;
    }
    bool contains(Key key) const { return entries_.contains(key); }

    // The value of `key`, default-constructed if there was none, and whether it is new.
    std::pair<Value&, bool> insert(Key key) {
        auto const [entry, is_new] = entries_.insert(key);
        entry.key = key;
        return {entry.value, is_new};
    }

    void erase(Key key) { entries_.erase(key); }
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        Key key;
        Value value{};
    };
    struct KeyOf {
        Key operator()(Entry const& entry) const { return entry.key; }
    };

    FlatTable<Entry, KeyOf> entries_;
};

}  // namespace sewa
