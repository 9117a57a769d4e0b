#include "bench/slow_readers.h"

namespace sewa::bench {

namespace {

constexpr std::uint64_t kSecondNs = 1'000'000'000;
constexpr std::uint32_t kCycleSeconds = 5;
constexpr int kReceiveBufferBytes = 4096;

}  // namespace

SlowReaders::SlowReaders(Parts parts, std::uint32_t count)
    : parts_(std::move(parts)), clients_(parts_.loop, parts_.server, *this) {
    clients_.receive_buffer_bytes = kReceiveBufferBytes;
    for (std::uint32_t i = 0; i < count; ++i) readers_.emplace_back(clients_, i);
}

void SlowReaders::on_turn() {
    auto const now = now_ns();
    if (readers_.empty() || now - looked_ns_ < kSecondNs) return;
    looked_ns_ = now;
    ++second_;
    for (auto& reader : readers_) {
        if (reader.is_down()) {
            reader.connect(parts_.target(reader.index()));
        } else if (!reader.is_open()) {
            continue;
        } else if ((reader.index() + second_) % kCycleSeconds == 0) {
            reader.resume_reading();
        } else {
            reader.pause_reading();
        }
    }
}

}  // namespace sewa::bench
