#include "core/shared_frame.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace sewa {

namespace {

constexpr std::size_t kHeaderBytesMax = 10;
constexpr unsigned char kFinText = 0x81;

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
    void* memory = std::malloc(sizeof(Block) + header.size() + payload.size());
    if (memory == nullptr) throw std::bad_alloc();
    auto* block = new (memory) Block{{1},
                                     static_cast<std::uint32_t>(payload.size()),
                                     static_cast<std::uint8_t>(header.size())};
    std::memcpy(bytes_of(block), header.data(), header.size());
    if (!payload.empty()) {
        std::memcpy(bytes_of(block) + header.size(), payload.data(), payload.size());
    }
    SharedFrame frame;
    frame.block_ = block;
    return frame;
}

void SharedFrame::destroy(Block* block) {
    block->~Block();
    std::free(block);
}

}  // namespace sewa
