#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace sewa {

// Places of one size for objects that live long, in blocks: without the header that malloc puts
// before each, and apart from what comes and goes, which would leave holes among them.
//
// Shard-local; outlives what lies in it. Blocks are kept, so memory follows the most objects there
// have been; whoever makes them bounds them.
class Slab {
public:
    // Aligned for 8 bytes.
    explicit Slab(std::size_t place_bytes);
    Slab(Slab const&) = delete;
    Slab& operator=(Slab const&) = delete;

    void* take();
    void give_back(void* place);

private:
    struct Free {
        Free* next;
    };

    void grow();

    std::size_t const place_bytes_;
    std::vector<std::unique_ptr<std::byte[]>> blocks_;
    Free* free_ = nullptr;
};

}  // namespace sewa
