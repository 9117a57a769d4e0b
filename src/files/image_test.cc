// Sizes and previews of pictures. The pictures are made with the libraries themselves.
// jpeglib.h needs what is in front of it.
// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <gtest/gtest.h>
#include <png.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include <csetjmp>
#include <cstdlib>

#include "files/image_size.h"
#include "files/preview.h"

namespace sewa::files {
namespace {

struct Canvas {
    std::uint32_t width, height;
    std::vector<unsigned char> rgb;
};

// Red on the left, blue on the right.
Canvas canvas(std::uint32_t width, std::uint32_t height) {
    Canvas made{width, height, {}};
    for (std::uint32_t y = 0; y < height; ++y) {
        for (std::uint32_t x = 0; x < width; ++x) {
            bool const is_left = x < width / 2;
            made.rgb.insert(made.rgb.end(), {static_cast<unsigned char>(is_left ? 230 : 20), 30,
                                             static_cast<unsigned char>(is_left ? 20 : 230)});
        }
    }
    return made;
}

std::string jpeg_of(Canvas const& from, bool is_progressive = false) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &bytes, &size);
    info.image_width = from.width;
    info.image_height = from.height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    if (is_progressive) jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        auto* row = const_cast<unsigned char*>(&from.rgb[3 * from.width * info.next_scanline]);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    std::string file(reinterpret_cast<char*>(bytes), size);
    std::free(bytes);
    return file;
}

// With an Exif segment behind the first two bytes.
std::string with_orientation(std::string file, char orientation) {
    std::string const tiff("MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19);
    auto segment = std::string("Exif\0\0", 6) + tiff + orientation + std::string(6, '\0');
    auto const length = static_cast<char>(segment.size() + 2);
    return file.insert(2, std::string("\xFF\xE1\0", 3) + length + segment);
}

std::string png_of(Canvas const& from) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = from.width;
    image.height = from.height;
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = 0;
    png_image_write_to_memory(&image, nullptr, &size, 0, from.rgb.data(), 0, nullptr);
    std::string file(size, '\0');
    png_image_write_to_memory(&image, file.data(), &size, 0, from.rgb.data(), 0, nullptr);
    return file;
}

std::string webp_of(Canvas const& from, bool is_lossless) {
    std::uint8_t* bytes = nullptr;
    auto const w = static_cast<int>(from.width), h = static_cast<int>(from.height);
    auto const size = is_lossless ? WebPEncodeLosslessRGB(from.rgb.data(), w, h, 3 * w, &bytes)
                                  : WebPEncodeRGB(from.rgb.data(), w, h, 3 * w, 80, &bytes);
    std::string file(reinterpret_cast<char*>(bytes), size);
    WebPFree(bytes);
    return file;
}

std::string gif_of(std::uint16_t width, std::uint16_t height) {
    std::string file = "GIF89a";
    for (auto const side : {width, height}) {
        file += static_cast<char>(side & 0xFF);
        file += static_cast<char>(side >> 8);
    }
    return file + std::string(3, '\0');
}

struct Small {
    int width = 0, height = 0;
    std::vector<unsigned char> rgb;
    unsigned char const* at(int x, int y) const { return &rgb[3u * unsigned(y * width + x)]; }
};

Small decoded(std::string const& address) {
    constexpr std::string_view kPrefix = "data:image/webp;base64,";
    EXPECT_TRUE(address.starts_with(kPrefix)) << address;
    std::string bytes;
    std::uint32_t bits = 0, count = 0;
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (char const c : address.substr(kPrefix.size())) {
        auto const digit = kDigits.find(c);
        if (digit == kDigits.npos) break;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xFF);
    }
    Small small;
    auto* const pixels = WebPDecodeRGB(reinterpret_cast<std::uint8_t const*>(bytes.data()),
                                       bytes.size(), &small.width, &small.height);
    EXPECT_NE(pixels, nullptr);
    if (pixels == nullptr) return small;
    small.rgb.assign(pixels, pixels + 3 * small.width * small.height);
    WebPFree(pixels);
    return small;
}

bool is_red(unsigned char const* pixel) {
    return pixel[0] > 150 && pixel[2] < 110;
}
bool is_blue(unsigned char const* pixel) {
    return pixel[2] > 150 && pixel[0] < 110;
}

struct Sample {
    std::string type, file;
};

std::vector<Sample> samples(std::uint32_t width, std::uint32_t height) {
    auto const from = canvas(width, height);
    return {{"image/jpeg", jpeg_of(from)},
            {"image/jpeg", jpeg_of(from, true)},
            {"image/png", png_of(from)},
            {"image/webp", webp_of(from, false)},
            {"image/webp", webp_of(from, true)}};
}

TEST(ImageSize, is_read_from_the_header) {
    for (auto const& [type, file] : samples(300, 200)) {
        auto const size = image_size(file, type);
        ASSERT_TRUE(size) << type;
        EXPECT_EQ(size->width, 300u) << type;
        EXPECT_EQ(size->height, 200u) << type;
    }
    auto const gif = image_size(gif_of(640, 480), "image/gif");
    EXPECT_EQ(gif->width, 640u);
    EXPECT_EQ(gif->height, 480u);
}

TEST(ImageSize, a_turned_photo_has_the_size_that_is_shown) {
    auto const photo = jpeg_of(canvas(300, 200));
    EXPECT_EQ(image_size(with_orientation(photo, 3), "image/jpeg")->width, 300u);
    auto const turned_photo = image_size(with_orientation(photo, 6), "image/jpeg").value();
    EXPECT_EQ(turned_photo.width, 200u);
    EXPECT_EQ(turned_photo.height, 300u);
    EXPECT_EQ(image_size(with_orientation(photo, 99), "image/jpeg")->orientation, 1);
}

TEST(ImageSize, no_prefix_and_no_damage_leads_outside) {
    for (auto const& [type, file] : samples(60, 40)) {
        for (std::size_t size = 0; size < std::min<std::size_t>(file.size(), 700); ++size) {
            // A copy that ends where it ends, so that a sanitizer sees what lies behind.
            std::string const prefix(file.substr(0, size));
            image_size(prefix, type);
            auto damaged = file;
            damaged[size] = '\xFF';
            image_size(damaged, type);
        }
    }
    EXPECT_FALSE(image_size("", "image/jpeg"));
    EXPECT_FALSE(image_size(gif_of(0, 480), "image/gif"));
    EXPECT_FALSE(image_size(std::string("\xFF\xD8") + std::string(100'000, '\xFF'), "image/jpeg"));
}

TEST(Preview, shows_what_the_picture_shows) {
    for (auto const& [type, file] : samples(400, 200)) {
        auto const address = make_preview(file, type, image_size(file, type).value());
        ASSERT_FALSE(address.empty()) << type;
        EXPECT_LE(address.size(), 600u);
        auto const small = decoded(address);
        EXPECT_EQ(small.width, 24);
        EXPECT_EQ(small.height, 12);
        EXPECT_TRUE(is_red(small.at(2, 6))) << type;
        EXPECT_TRUE(is_blue(small.at(21, 6))) << type;
    }
}

TEST(Preview, is_turned_as_the_photo_is_shown) {
    auto const photo = jpeg_of(canvas(400, 200));
    struct Case {
        char orientation;
        bool red_is_left, red_is_top;
    };
    for (auto const& [orientation, red_is_left, red_is_top] :
         {Case{1, true, false}, Case{2, false, false}, Case{3, false, false}, Case{4, true, false},
          Case{5, false, true}, Case{6, false, true}, Case{7, false, false},
          Case{8, false, false}}) {
        auto const file = with_orientation(photo, orientation);
        auto const small =
            decoded(make_preview(file, "image/jpeg", *image_size(file, "image/jpeg")));
        if (orientation < 5) {
            EXPECT_EQ(is_red(small.at(2, 6)), red_is_left) << int(orientation);
        } else {
            EXPECT_EQ(small.width, 12);
            EXPECT_EQ(is_red(small.at(6, 2)), red_is_top) << int(orientation);
        }
    }
}

TEST(Preview, small_and_extreme_pictures) {
    for (auto const& [width, height] : {std::pair{1u, 1u}, {3u, 2u}, {2000u, 1u}, {1u, 2000u}}) {
        for (auto const& [type, file] : samples(width, height)) {
            auto const address = make_preview(file, type, image_size(file, type).value());
            ASSERT_FALSE(address.empty()) << type << " " << width << "x" << height;
            EXPECT_LE(decoded(address).width, 24);
        }
    }
}

TEST(Preview, damage_gives_none_and_harms_nobody) {
    for (auto const& [type, file] : samples(64, 48)) {
        for (std::size_t size = 0; size < file.size(); size += 3) {
            std::string const prefix(file.substr(0, size));
            make_preview(prefix, type, {64, 48});
            auto damaged = file;
            damaged[size] = static_cast<char>(damaged[size] ^ 0x55);
            make_preview(damaged, type, {64, 48});
        }
    }
    EXPECT_EQ(make_preview("", "image/png", {64, 48}), "");
    EXPECT_EQ(make_preview(gif_of(10, 10), "image/gif", {10, 10}), "");
}

TEST(Preview, costly_pictures_have_none) {
    auto const file = png_of(canvas(400, 200));
    EXPECT_EQ(make_preview(file, "image/png", {60'000, 60'000}), "");
    EXPECT_EQ(make_preview(file, "image/png", {400, 200}, {.ms_max = -1}), "");
    auto const photo = jpeg_of(canvas(400, 200), true);
    EXPECT_EQ(make_preview(photo, "image/jpeg", {400, 200}, {.ms_max = -1}), "");
    auto const webp = webp_of(canvas(400, 200), false);
    EXPECT_EQ(make_preview(webp, "image/webp", {400, 200}, {.ms_max = -1}), "");
    EXPECT_EQ(make_preview(file, "image/png", {400, 200}, {.bytes_max = 10}), "");
}

}  // namespace
}  // namespace sewa::files
