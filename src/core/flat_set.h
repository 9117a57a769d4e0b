#pragma once

#include <cstddef>

#include "core/flat_table.h"

namespace sewa {

// Identifiers that are not 0: 8 bytes and a little air for each. See FlatTable.
template <typename Key>
class FlatSet {
public:
    bool contains(Key key) const { return keys_.contains(key); }

    // Whether it is new.
    bool insert(Key key) {
        auto const [place, is_new] = keys_.insert(key);
        place = key;
        return is_new;
    }

    void erase(Key key) { keys_.erase(key); }
    std::size_t size() const { return keys_.size(); }

private:
    struct Itself {
        Key operator()(Key key) const { return key; }
    };

    FlatTable<Key, Itself> keys_;
};

}  // namespace sewa
