#include "core/slab.h"

#include <algorithm>
#include <new>
#include <utility>

#include "core/sanitizer.h"

namespace sewa {

namespace {

constexpr std::size_t kBlockBytes = 16 * 1024;

std::size_t rounded_up(std::size_t bytes) {
    return (std::max(bytes, sizeof(void*)) + 7) & ~std::size_t{7};
}

}  // namespace

Slab::Slab(std::size_t place_bytes) : place_bytes_(rounded_up(place_bytes)) {}

void* Slab::take() {
    if (kIsAddressSanitized) return ::operator new(place_bytes_);
    if (free_ == nullptr) grow();
    return std::exchange(free_, free_->next);
}

void Slab::give_back(void* place) {
    if (kIsAddressSanitized) return ::operator delete(place);
    free_ = new (place) Free{free_};
}

void Slab::grow() {
    auto const count = std::max<std::size_t>(kBlockBytes / place_bytes_, 1);
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(count * place_bytes_));
    auto* const block = blocks_.back().get();
    for (std::size_t i = count; i-- > 0;) give_back(block + i * place_bytes_);
}

}  // namespace sewa
