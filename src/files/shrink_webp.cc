#include <webp/decode.h>

#include <algorithm>

#include "files/pixels.h"

namespace sewa::files {

namespace {

constexpr std::uint64_t kPixelsMax = 12'000'000;  // A lossless picture is held whole.
constexpr std::size_t kStepBytes = 64 * 1024;     // Between two looks at the clock.

struct IncrementalDecoder {
    explicit IncrementalDecoder(WebPDecoderConfig& config)
        : decoder(WebPIDecode(nullptr, 0, &config)) {}
    ~IncrementalDecoder() { WebPIDelete(decoder); }
    IncrementalDecoder(IncrementalDecoder const&) = delete;
    WebPIDecoder* decoder;
};

bool decode(std::string_view file, WebPDecoderConfig& config, Deadline deadline) {
    IncrementalDecoder const incremental(config);
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(file.data());
    auto status = VP8_STATUS_SUSPENDED;
    for (std::size_t given = 0; given < file.size() && status == VP8_STATUS_SUSPENDED;) {
        given = std::min(given + kStepBytes, file.size());
        status = WebPIUpdate(incremental.decoder, bytes, given);
        if (std::chrono::steady_clock::now() > deadline) return false;
    }
    return status == VP8_STATUS_OK;
}

}  // namespace

// libwebp scales while it decodes; the few pixels it leaves are averaged once more.
std::unique_ptr<Shrinker> shrink_webp(std::string_view file, Deadline deadline) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return nullptr;
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(file.data());
    if (WebPGetFeatures(bytes, file.size(), &config.input) != VP8_STATUS_OK) return nullptr;
    auto const width = static_cast<std::uint32_t>(config.input.width);
    auto const height = static_cast<std::uint32_t>(config.input.height);
    if (config.input.has_animation || std::uint64_t{width} * height > kPixelsMax) return nullptr;
    auto const scale = std::max(1u, std::max(width, height) / (4 * Shrinker::kSideMax));
    config.options.use_scaling = 1;
    config.options.scaled_width = static_cast<int>(std::max(1u, width / scale));
    config.options.scaled_height = static_cast<int>(std::max(1u, height / scale));
    config.output.colorspace = MODE_RGBA;
    std::unique_ptr<Shrinker> shrinker;
    if (decode(file, config, deadline)) {
        auto const& out = config.output;
        shrinker = std::make_unique<Shrinker>(static_cast<std::uint32_t>(out.width),
                                              static_cast<std::uint32_t>(out.height));
        for (int y = 0; y < out.height; ++y) {
            shrinker->add_row(out.u.RGBA.rgba + std::ptrdiff_t{y} * out.u.RGBA.stride);
        }
    }
    WebPFreeDecBuffer(&config.output);
    return shrinker;
}

}  // namespace sewa::files
