#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "files/multipart.h"

namespace {

using sewa::files::MultipartParser;
using sewa::files::PartHead;

// Everything that the parser said, in one text; contents are joined, whatever their slices.
class Transcript final : public sewa::files::PartSink {
public:
    sewa::Status on_part(PartHead const& head) override {
        SEWA_ASSERT(!is_open_ && !head.name.empty());
        is_open_ = true;
        text +=
            "<" + head.name + "|" + head.file_name.value_or("-") + "|" + head.content_type + ">";
        return {};
    }
    sewa::Status on_part_bytes(std::string_view bytes) override {
        SEWA_ASSERT(is_open_ && !bytes.empty());
        text += bytes;
        return {};
    }
    sewa::Status on_part_end() override {
        SEWA_ASSERT(is_open_);
        is_open_ = false;
        text += "</>";
        return {};
    }

    std::string text;

private:
    bool is_open_ = false;
};

struct Outcome {
    bool is_good;
    std::string text;
};

Outcome parse(std::string_view bytes, std::size_t piece) {
    Transcript transcript;
    MultipartParser parser("b", transcript, {.header_bytes_max = 128, .parts_max = 4});
    sewa::Status status;
    for (std::size_t from = 0; from < bytes.size() && status; from += piece) {
        // The copy ends where the bytes end, so that reading behind them is noticed.
        std::string const offered(bytes.substr(from, piece));
        status = parser.parse(offered);
    }
    return {status && parser.finish(), transcript.text};
}

}  // namespace

// The parts of a body are the same however its bytes arrive, and so is a refusal.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const whole = parse(bytes, bytes.size() + 1);
    auto const pieces = parse(bytes, std::size_t{1} + data[0] % 16);
    SEWA_ASSERT(whole.is_good == pieces.is_good);
    if (whole.is_good) SEWA_ASSERT(whole.text == pieces.text);
    sewa::files::boundary_of(bytes).has_value();
    return 0;
}
