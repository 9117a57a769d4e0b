#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/assert.h"
#include "http/parser.h"

namespace {

using sewa::http::Parser;

struct Outcome {
    Parser::State state;
    std::string body;
    std::size_t taken;
};

// Presents what is not taken again with more behind it, as a connection does.
Outcome parse(std::string_view bytes, std::size_t piece) {
    Parser parser({.header_bytes_max = 512, .headers_max = 10});
    std::size_t begin = 0, end = 0;
    while (end < bytes.size() && parser.state() < Parser::State::kComplete) {
        end = std::min(end + piece, bytes.size());
        for (auto before = begin; begin < end; before = begin) {
            if (parser.state() == Parser::State::kBody) parser.begin_body(1'000, nullptr);
            auto const state = parser.state();
            // The copy ends where the bytes end, so that reading behind them is noticed.
            std::string const offered(bytes.substr(begin, end - begin));
            auto const taken = parser.parse(offered);
            SEWA_ASSERT(taken <= offered.size());
            begin += taken;
            if (parser.state() >= Parser::State::kComplete) break;
            if (begin == before && parser.state() == state) break;
        }
    }
    return {parser.state(), parser.request().body, begin};
}

}  // namespace

// What is a request must be the same request however its bytes arrive.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const whole = parse(bytes, bytes.size() + 1);
    auto const pieces = parse(bytes, std::size_t{1} + data[0] % 16);
    if (whole.state == Parser::State::kComplete) {
        SEWA_ASSERT(pieces.state == Parser::State::kComplete);
        SEWA_ASSERT(pieces.body == whole.body && pieces.taken == whole.taken);
    } else {
        SEWA_ASSERT(pieces.state != Parser::State::kComplete);
    }
    return 0;
}
