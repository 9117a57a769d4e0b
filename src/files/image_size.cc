#include "files/image_size.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace sewa::files {

namespace {

constexpr int kSegmentsMax = 256;
constexpr int kDirectoryEntriesMax = 256;

enum class Order { kBig, kLittle };

// Numbers at places that the file itself names. Reading outside gives 0 and is remembered.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

    std::uint32_t number(std::size_t at, int size, Order order) {
        auto const count = static_cast<std::size_t>(size);
        if (at > bytes_.size() || bytes_.size() - at < count) {
            is_outside_ = true;
            return 0;
        }
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            auto const place = order == Order::kBig ? at + i : at + count - 1 - i;
            value = value << 8 | static_cast<unsigned char>(bytes_[place]);
        }
        return value;
    }
    bool has(std::size_t at, std::string_view text) const {
        return at <= bytes_.size() && bytes_.substr(at).starts_with(text);
    }
    bool is_outside() const { return is_outside_; }

private:
    std::string_view const bytes_;
    bool is_outside_ = false;
};

using Found = std::optional<ImageSize>;

Found found(Bytes const& bytes, ImageSize size) {
    if (bytes.is_outside() || size.width == 0 || size.height == 0) return std::nullopt;
    return size;
}

Found png_size(Bytes bytes) {
    if (!bytes.has(12, "IHDR")) return std::nullopt;
    auto const width = bytes.number(16, 4, Order::kBig), height = bytes.number(20, 4, Order::kBig);
    return found(bytes, {width, height});
}

Found gif_size(Bytes bytes) {
    auto const width = bytes.number(6, 2, Order::kLittle);
    return found(bytes, {width, bytes.number(8, 2, Order::kLittle)});
}

Found webp_size(Bytes bytes) {
    constexpr auto kLittle = Order::kLittle;
    if (bytes.has(12, "VP8X")) {
        auto const width = bytes.number(24, 3, kLittle) + 1;
        return found(bytes, {width, bytes.number(27, 3, kLittle) + 1});
    }
    if (bytes.has(12, "VP8L")) {
        auto const packed = bytes.number(21, 4, kLittle);
        return found(bytes, {(packed & 0x3FFF) + 1, ((packed >> 14) & 0x3FFF) + 1});
    }
    if (!bytes.has(12, "VP8 ") || !bytes.has(23, "\x9D\x01\x2A")) return std::nullopt;
    auto const width = bytes.number(26, 2, kLittle) & 0x3FFF;
    return found(bytes, {width, bytes.number(28, 2, kLittle) & 0x3FFF});
}

// `at`: the TIFF header inside an Exif segment.
std::uint8_t orientation_at(Bytes bytes, std::size_t at) {
    auto const order = bytes.has(at, "II") ? Order::kLittle : Order::kBig;
    if (bytes.number(at + 2, 2, order) != 42) return 1;
    auto const directory = at + bytes.number(at + 4, 4, order);
    auto const entries =
        std::min<std::uint32_t>(bytes.number(directory, 2, order), kDirectoryEntriesMax);
    for (std::uint32_t i = 0; i < entries && !bytes.is_outside(); ++i) {
        auto const entry = directory + 2 + std::size_t{12} * i;
        if (bytes.number(entry, 2, order) != 0x0112) continue;
        auto const value = bytes.number(entry + 8, 2, order);
        return value >= 1 && value <= 8 ? static_cast<std::uint8_t>(value) : 1;
    }
    return 1;
}

bool is_frame_header(std::uint32_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

Found jpeg_size(Bytes bytes) {
    ImageSize size;
    std::size_t at = 2;
    for (int i = 0; i < kSegmentsMax && !bytes.is_outside(); ++i) {
        if (bytes.number(at, 1, Order::kBig) != 0xFF) return std::nullopt;
        auto const marker = bytes.number(at + 1, 1, Order::kBig);
        if (marker == 0xFF) {  // Padding.
            ++at;
            continue;
        }
        auto const length = bytes.number(at + 2, 2, Order::kBig);
        if (is_frame_header(marker)) {
            size.height = bytes.number(at + 5, 2, Order::kBig);
            size.width = bytes.number(at + 7, 2, Order::kBig);
            if (size.orientation >= 5) std::swap(size.width, size.height);
            return found(bytes, size);
        }
        if (marker == 0xE1 && bytes.has(at + 4, std::string_view("Exif\0\0", 6))) {
            size.orientation = orientation_at(bytes, at + 10);
        }
        if (marker == 0xDA || marker == 0xD9 || length < 2) return std::nullopt;
        at += 2 + length;
    }
    return std::nullopt;
}

}  // namespace

std::optional<ImageSize> image_size(std::string_view file, std::string_view content_type) {
    Bytes const bytes(file);
    if (content_type == "image/jpeg") return jpeg_size(bytes);
    if (content_type == "image/png") return png_size(bytes);
    if (content_type == "image/gif") return gif_size(bytes);
    if (content_type == "image/webp") return webp_size(bytes);
    return std::nullopt;
}

}  // namespace sewa::files
