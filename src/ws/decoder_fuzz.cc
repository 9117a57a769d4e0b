// Any bytes, cut in any way: the events are the same, and a decoder between messages holds nothing.
#include "core/assert.h"
#include "ws/deflate.h"
#include "ws/event_log_for_test.h"

namespace {

using namespace sewa::ws;

Inflater& shared_inflater() {
    static Inflater inflater;
    return inflater;
}

DecoderSetup setup_from(std::uint8_t choice) {
    DecoderSetup setup;
    setup.options.message_bytes_max = 4096;
    setup.options.fragments_max = 8;
    setup.options.role = (choice & 1) != 0 ? Role::kClient : Role::kServer;
    setup.options.inflater = &shared_inflater();
    setup.compression = (choice & 2) != 0 ? Compression::kDeflate : Compression::kNone;
    return setup;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    auto const setup = setup_from(data[0]);
    unsigned const seed = data[1];
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 2, size - 2);
    auto const whole = decode_whole(setup, bytes);
    SEWA_ASSERT(decode_random(setup, bytes, seed) == whole);
    SEWA_ASSERT(decode_by_byte(setup, bytes) == whole);
    return 0;
}
