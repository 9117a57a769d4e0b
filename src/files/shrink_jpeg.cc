// libjpeg leaves by longjmp: between setjmp and the end of `decode` nothing with a destructor is
// made.

// jpeglib.h needs what is in front of it.
// clang-format off
#include <cstddef>
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include <csetjmp>

#include "files/pixels.h"

namespace sewa::files {

namespace {

// A progressive picture is held whole, as coefficients.
constexpr std::uint64_t kProgressivePixelsMax = 12'000'000;
constexpr int kScansMax = 50;

struct Guard {
    jpeg_error_mgr errors;
    jpeg_progress_mgr progress;
    std::jmp_buf out;
    Deadline deadline;
};

void leave(j_common_ptr info) {
    std::longjmp(static_cast<Guard*>(info->client_data)->out, 1);
}

void keep_quiet(j_common_ptr, int) {}

// Called now and then while a picture is read: some are made to take for ever.
void check_progress(j_common_ptr info) {
    auto const& guard = *static_cast<Guard*>(info->client_data);
    auto const scans = reinterpret_cast<j_decompress_ptr>(info)->input_scan_number;
    if (scans > kScansMax || std::chrono::steady_clock::now() > guard.deadline) leave(info);
}

void prepare(jpeg_decompress_struct& info, Guard& guard, std::string_view file) {
    info.err = jpeg_std_error(&guard.errors);
    guard.errors.error_exit = leave;
    guard.errors.emit_message = keep_quiet;
    info.client_data = &guard;
    jpeg_create_decompress(&info);
    info.progress = &guard.progress;
    guard.progress.progress_monitor = check_progress;
    jpeg_mem_src(&info, reinterpret_cast<unsigned char const*>(file.data()),
                 static_cast<unsigned long>(file.size()));
}

// The smallest of libjpeg's scales that leaves enough pixels.
unsigned scale_for(jpeg_decompress_struct const& info) {
    unsigned scale = 8;
    auto const shorter = std::min(info.image_width, info.image_height);
    while (scale > 1 && shorter / scale < Shrinker::kSideMax) scale /= 2;
    return scale;
}

void read_rows(jpeg_decompress_struct& info, unsigned char* row, unsigned char* rgba,
               Shrinker& into) {
    auto const width = info.output_width;
    while (info.output_scanline < info.output_height) {
        jpeg_read_scanlines(&info, &row, 1);
        for (JDIMENSION x = 0; x < width; ++x) {
            for (int channel = 0; channel < 3; ++channel)
                rgba[4 * x + channel] = row[3 * x + channel];
            rgba[4 * x + 3] = 255;
        }
        into.add_row(rgba);
        check_progress(reinterpret_cast<j_common_ptr>(&info));
    }
}

struct JpegWork {
    std::unique_ptr<Shrinker> shrinker;
    std::vector<unsigned char> row, rgba;
};

bool decode(jpeg_decompress_struct& info, Guard& guard, std::string_view file, JpegWork& work) {
    if (setjmp(guard.out) != 0) return false;
    prepare(info, guard, file);
    jpeg_read_header(&info, TRUE);
    auto const pixels = std::uint64_t{info.image_width} * info.image_height;
    if (jpeg_has_multiple_scans(&info) && pixels > kProgressivePixelsMax) return false;
    info.out_color_space = JCS_RGB;
    info.dct_method = JDCT_FASTEST;
    info.do_fancy_upsampling = FALSE;
    info.scale_num = 1;
    info.scale_denom = scale_for(info);
    jpeg_start_decompress(&info);
    work.shrinker = std::make_unique<Shrinker>(info.output_width, info.output_height);
    work.row.resize(std::size_t{3} * info.output_width);
    work.rgba.resize(std::size_t{4} * info.output_width);
    read_rows(info, work.row.data(), work.rgba.data(), *work.shrinker);
    return work.shrinker->is_complete();
}

}  // namespace

std::unique_ptr<Shrinker> shrink_jpeg(std::string_view file, Deadline deadline) {
    jpeg_decompress_struct info{};
    Guard guard{};
    guard.deadline = deadline;
    JpegWork work;
    bool const is_done = decode(info, guard, file, work);
    jpeg_destroy_decompress(&info);
    return is_done ? std::move(work.shrinker) : nullptr;
}

}  // namespace sewa::files
