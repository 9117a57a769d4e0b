#include "ws/compressed_twins.h"

#include <utility>

namespace sewa::ws {

SharedFrame CompressedTwins::of(SharedFrame const& plain) {
    auto const* const identity = plain.wire().data();
    for (auto const& entry : entries_) {
        if (entry.plain && entry.plain.wire().data() == identity) return entry.twin;
    }
    auto twin = compress(plain);
    if (plain.payload().size() > kRememberedPayloadMax) return twin;
    entries_[std::exchange(oldest_, (oldest_ + 1) % kEntries)] = {plain, twin};
    return twin;
}

SharedFrame CompressedTwins::compress(SharedFrame const& plain) {
    ++compressions_;
    auto twin = compressed_twin(plain, deflater_);
    return twin ? twin : plain;
}

}  // namespace sewa::ws
