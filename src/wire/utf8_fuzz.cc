// Both checks of UTF-8 against simdjson's, whole, in pieces, and at every prefix: what the
// incremental check has let in so far must be the beginning of some valid text.
#include <simdjson.h>

#include <string>

#include "core/assert.h"
#include "core/utf8.h"

namespace {

bool is_valid(std::string const& text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

// Some of these ends completes every beginning that can be completed.
bool may_become_valid(std::string const& text) {
    for (auto const* end : {"", "\x80", "\x80\x80", "\x80\x80\x80", "\xA0\x80", "\x90\x80\x80"}) {
        if (is_valid(text + end)) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    constexpr std::size_t kEveryPrefixMax = 64;
    std::string const text(reinterpret_cast<char const*>(data), size);
    bool const is_good = is_valid(text);
    SEWA_ASSERT(sewa::is_utf8(text) == is_good);

    sewa::Utf8Validator by_byte;
    std::size_t accepted = 0;
    while (accepted < size && by_byte.feed(std::string_view(text).substr(accepted, 1))) ++accepted;
    SEWA_ASSERT((accepted == size && by_byte.complete()) == is_good);
    if (size > kEveryPrefixMax) return 0;
    for (std::size_t end = 0; end <= size; ++end) {
        SEWA_ASSERT(may_become_valid(text.substr(0, end)) == (end <= accepted));
    }
    return 0;
}
