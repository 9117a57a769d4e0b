#include "core/shared_frame.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "core/sanitizer.h"

namespace sewa {

namespace {

constexpr std::size_t kHeaderBytesMax = 10;
constexpr unsigned char kFinText = 0x81;

// An acknowledgement with a UUID as `client_msg_id` fits.
constexpr std::size_t kSmallBytes = 320;
constexpr std::size_t kKeptMax = kIsAddressSanitized ? 0 : 512;

// Blocks of `kSmallBytes` that ended on this thread.
class SmallBlocks {
public:
    ~SmallBlocks() {
        while (void* const block = take()) std::free(block);
        is_over_ = true;
    }

    void* take() {
        if (first_ == nullptr) return nullptr;
        --count_;
        return std::exchange(first_, first_->next);
    }
    // False: there are enough, or the thread ends.
    bool keep(void* memory) {
        if (is_over_ || count_ == kKeptMax) return false;
        first_ = new (memory) Link{first_};
        ++count_;
        return true;
    }

private:
    struct Link {
        Link* next;
    };

    Link* first_ = nullptr;
    std::size_t count_ = 0;
    bool is_over_ = false;
};

thread_local SmallBlocks small_blocks;

void* allocate(std::size_t bytes) {
    if (bytes <= kSmallBytes) {
        if (void* const block = small_blocks.take()) return block;
        bytes = kSmallBytes;
    }
    void* const memory = std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

std::size_t write_header(char* out, std::uint64_t payload_bytes) {
    out[0] = static_cast<char>(kFinText);
    if (payload_bytes < 126) {
        out[1] = static_cast<char>(payload_bytes);
        return 2;
    }
    bool const is_short = payload_bytes <= 0xFFFF;
    int const length_bytes = is_short ? 2 : 8;
    out[1] = static_cast<char>(is_short ? 126 : 127);
    for (int i = 0; i < length_bytes; ++i) {
        out[2 + i] = static_cast<char>(payload_bytes >> (8 * (length_bytes - 1 - i)));
    }
    return static_cast<std::size_t>(2 + length_bytes);
}

}  // namespace

SharedFrame SharedFrame::text(std::string_view payload) {
    char header[kHeaderBytesMax];
    return framed({header, write_header(header, payload.size())}, payload);
}

SharedFrame SharedFrame::framed(std::string_view header, std::string_view payload) {
    void* const memory = allocate(sizeof(Block) + header.size() + payload.size());
    auto* const block = new (memory) Block{
        {1}, static_cast<std::uint32_t>(payload.size()), static_cast<std::uint8_t>(header.size())};
    std::memcpy(bytes_of(block), header.data(), header.size());
    if (!payload.empty()) {
        std::memcpy(bytes_of(block) + header.size(), payload.data(), payload.size());
    }
    SharedFrame frame;
    frame.block_ = block;
    return frame;
}

void SharedFrame::destroy(Block* block) {
    auto const bytes = sizeof(Block) + block->header_bytes + block->payload_bytes;
    block->~Block();
    if (bytes > kSmallBytes || !small_blocks.keep(block)) std::free(block);
}

}  // namespace sewa
