// libpng leaves by longjmp: between setjmp and the end of `decode` nothing with a destructor is
// made.
#include <png.h>

#include <algorithm>
#include <cstring>

#include "files/pixels.h"

namespace sewa::files {

namespace {

constexpr png_alloc_size_t kChunkBytesMax = 1 << 20;
constexpr png_uint_32 kSideMax = 20'000;

struct Source {
    std::string_view rest;
    Deadline deadline;
};

void read_source(png_structp png, png_bytep out, std::size_t size) {
    auto& source = *static_cast<Source*>(png_get_io_ptr(png));
    if (source.rest.size() < size) png_error(png, "short");
    std::memcpy(out, source.rest.data(), size);
    source.rest.remove_prefix(size);
}

void leave(png_structp png, png_const_charp) {
    png_longjmp(png, 1);
}

void keep_quiet(png_structp, png_const_charp) {}

// Whatever the picture holds comes as 8-bit RGBA.
void convert_to_rgba(png_structp png, png_infop info) {
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
    png_read_update_info(png, info);
}

struct PngWork {
    std::unique_ptr<Shrinker> shrinker;
    std::vector<unsigned char> row;
};

bool decode(png_structp png, png_infop info, Source& source, PngWork& work) {
    if (setjmp(png_jmpbuf(png)) != 0) return false;
    png_set_user_limits(png, kSideMax, kSideMax);
    png_set_chunk_malloc_max(png, kChunkBytesMax);
    png_set_read_fn(png, &source, read_source);
    png_read_info(png, info);
    // An interlaced picture would have to be held whole.
    if (png_get_interlace_type(png, info) != PNG_INTERLACE_NONE) return false;
    convert_to_rgba(png, info);
    auto const width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if (png_get_rowbytes(png, info) != std::size_t{4} * width) return false;
    work.shrinker = std::make_unique<Shrinker>(width, height);
    work.row.resize(std::size_t{4} * width);
    for (png_uint_32 y = 0; y < height; ++y) {
        if (std::chrono::steady_clock::now() > source.deadline) return false;
        png_read_row(png, work.row.data(), nullptr);
        work.shrinker->add_row(work.row.data());
    }
    return true;
}

}  // namespace

std::unique_ptr<Shrinker> shrink_png(std::string_view file, Deadline deadline) {
    auto* png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, leave, keep_quiet);
    auto* info = png == nullptr ? nullptr : png_create_info_struct(png);
    Source source{file, deadline};
    PngWork work;
    bool const is_done = info != nullptr && decode(png, info, source, work);
    png_destroy_read_struct(&png, &info, nullptr);
    return is_done ? std::move(work.shrinker) : nullptr;
}

}  // namespace sewa::files
