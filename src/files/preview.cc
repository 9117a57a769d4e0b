#include "files/preview.h"

#include <openssl/evp.h>
#include <webp/encode.h>

#include "files/pixels.h"

namespace sewa::files {

namespace {

constexpr float kQuality = 45;

struct Picture {
    std::uint32_t width, height;
    std::vector<unsigned char> rgba;
};

// As a viewer that knows EXIF would show it.
Picture turned(Shrinker const& from, std::uint8_t orientation) {
    auto const pixels = from.pixels();
    auto const w = from.width(), h = from.height();
    bool const is_quarter = orientation >= 5;
    Picture to{is_quarter ? h : w, is_quarter ? w : h, {}};
    to.rgba.reserve(pixels.size());
    for (std::uint32_t y = 0; y < to.height; ++y) {
        for (std::uint32_t x = 0; x < to.width; ++x) {
            auto from_x = is_quarter ? y : x, from_y = is_quarter ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
                from_x = w - 1 - from_x;
            }
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
                from_y = h - 1 - from_y;
            }
            auto const* const pixel = &pixels[4 * (std::size_t{from_y} * w + from_x)];
            to.rgba.insert(to.rgba.end(), pixel, pixel + 4);
        }
    }
    return to;
}

std::string base64(std::uint8_t const* bytes, std::size_t size) {
    std::string text(4 * ((size + 2) / 3) + 1, '\0');
    auto const written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes,
                                         static_cast<int>(size));
    text.resize(static_cast<std::size_t>(written));
    return text;
}

std::string data_address(Picture const& picture) {
    std::uint8_t* bytes = nullptr;
    auto const width = static_cast<int>(picture.width);
    auto const size = WebPEncodeRGBA(picture.rgba.data(), width, static_cast<int>(picture.height),
                                     4 * width, kQuality, &bytes);
    auto text = size == 0 ? "" : "data:image/webp;base64," + base64(bytes, size);
    WebPFree(bytes);
    return text;
}

std::unique_ptr<Shrinker> shrink(std::string_view file, std::string_view content_type,
                                 Deadline deadline) {
    if (content_type == "image/jpeg") return shrink_jpeg(file, deadline);
    if (content_type == "image/png") return shrink_png(file, deadline);
    if (content_type == "image/webp") return shrink_webp(file, deadline);
    return nullptr;
}

}  // namespace

std::string make_preview(std::string_view file, std::string_view content_type,
                         ImageSize const& size, PreviewLimits const& limits) {
    if (size.pixels() > limits.pixels_max) return {};
    auto const deadline =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(limits.ms_max);
    auto const shrinker = shrink(file, content_type, deadline);
    if (shrinker == nullptr) return {};
    auto text = data_address(turned(*shrinker, size.orientation));
    return text.size() <= limits.bytes_max ? text : "";
}

}  // namespace sewa::files
