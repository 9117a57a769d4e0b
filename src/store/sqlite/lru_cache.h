#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

namespace sewa::store::sqlite {

// Values by key, least recently used first to go. Bounded by a sum of weights, enforced by `trim()`
// alone, so that pointers stay good between two trims. Not synchronised.
template <typename Key, typename Value>
class LruCache {
public:
    explicit LruCache(std::size_t weight_max) : weight_max_(weight_max) {}

    Value* find(Key key) {
        auto const found = index_.find(key);
        if (found == index_.end()) return nullptr;
        order_.splice(order_.begin(), order_, found->second);
        return &found->second->value;
    }

    Value& insert(Key key, Value value, std::size_t weight) {
        erase(key);
        order_.push_front({key, std::move(value), weight});
        index_.emplace(key, order_.begin());
        weight_ += weight;
        return order_.front().value;
    }

    void erase(Key key) {
        auto const found = index_.find(key);
        if (found == index_.end()) return;
        weight_ -= found->second->weight;
        order_.erase(found->second);
        index_.erase(found);
    }

    // Of a value that is there.
    void set_weight(Key key, std::size_t weight) {
        auto& entry = *index_.at(key);
        weight_ += weight - entry.weight;
        entry.weight = weight;
    }

    void trim() {
        while (weight_ > weight_max_) erase(order_.back().key);
    }

    void clear() {
        order_.clear();
        index_.clear();
        weight_ = 0;
    }

    std::size_t size() const { return index_.size(); }
    std::size_t weight() const { return weight_; }

private:
    struct Entry {
        Key key;
        Value value;
        std::size_t weight;
    };

    std::size_t const weight_max_;
    std::size_t weight_ = 0;
    std::list<Entry> order_;
    std::unordered_map<Key, typename std::list<Entry>::iterator> index_;
};

}  // namespace sewa::store::sqlite
