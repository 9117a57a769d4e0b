#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>

namespace sewa {

// One encoded WebSocket text frame (RFC 6455 §5.2, unmasked, FIN), shared by all its receivers.
//
// Frozen: written once by `text()`, then read by any thread. Intrusively reference-counted, so
// that handing it to one more receiver is one increment and no allocation. `payload()` is the JSON
// alone, for REST, the log and compression. Each thread keeps some blocks of small frames that
// ended on it, so that the acknowledgements of a shard allocate nothing in steady state.
class SharedFrame {
public:
    SharedFrame() = default;
    SharedFrame(SharedFrame const& other) : block_(other.block_) { retain(); }
    SharedFrame(SharedFrame&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    SharedFrame& operator=(SharedFrame other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~SharedFrame() { release(); }

    // Copies `payload` once and puts the frame header in front of it.
    static SharedFrame text(std::string_view payload);

    // Copies a header that was encoded elsewhere (binary and compressed frames) and its payload.
    static SharedFrame framed(std::string_view header, std::string_view payload);

    // Header and payload, as they go on the wire.
    std::string_view wire() const {
        if (block_ == nullptr) return {};
        return {bytes_of(block_), std::size_t{block_->header_bytes} + block_->payload_bytes};
    }
    std::string_view payload() const {
        if (block_ == nullptr) return {};
        return {bytes_of(block_) + block_->header_bytes, block_->payload_bytes};
    }

    explicit operator bool() const { return block_ != nullptr; }

private:
    struct Block {
        std::atomic<std::uint32_t> references;
        std::uint32_t payload_bytes;
        std::uint8_t header_bytes;
        // Header and payload follow.
    };

    static char* bytes_of(Block* block) { return reinterpret_cast<char*>(block + 1); }
    void retain() const {
        if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
    }
    void release() {
        if (block_ == nullptr) return;
        if (block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(block_);
    }
    static void destroy(Block* block);

    Block* block_ = nullptr;
};

}  // namespace sewa
