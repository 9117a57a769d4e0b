#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "store/write.h"

namespace sewa::store::sqlite {

// Writes that wait for the writer. Not synchronised; bounded by its owner.
//
// A place that was used keeps its strings, so that in steady state a message is copied into it
// without an allocation. The places of a burst are given back at once, the others by an owner that
// has had nothing to write for a while.
class WriteQueue {
public:
    void push(Write const& write) {
        if (size_ == places_.size()) {
            places_.push_back(write);
        } else {
            places_[size_] = write;
        }
        ++size_;
    }

    void clear() {
        size_ = 0;
        if (places_.size() > kPlacesKept) places_ = {};
    }

    bool is_empty() const { return size_ == 0; }
    std::span<Write> all() { return std::span(places_).first(size_); }

private:
    static constexpr std::size_t kPlacesKept = 1024;

    std::vector<Write> places_;
    std::size_t size_ = 0;
};

}  // namespace sewa::store::sqlite
