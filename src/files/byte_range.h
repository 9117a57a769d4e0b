#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sewa::files {

struct ByteRange {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    bool is_partial = false;

    friend bool operator==(ByteRange const&, ByteRange const&) = default;
};

// What a Range header (RFC 9110 §14.2) asks of `size` bytes. The whole for no header, another unit,
// bad syntax and several ranges, as the RFC allows. nullopt: nothing of it is there, answer 416.
std::optional<ByteRange> requested_range(std::string_view header, std::uint64_t size);

}  // namespace sewa::files
