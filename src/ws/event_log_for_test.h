#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ws/decoder.h"
#include "ws/encoder.h"

namespace sewa::ws {

// Writes every event down as one line, so that two runs can be compared.
class EventLog final : public Events {
public:
    void on_text(std::string_view text) override { add("text", text); }
    void on_binary(std::string_view bytes) override { add("binary", bytes); }
    void on_ping(std::string_view payload) override { add("ping", payload); }
    void on_pong(std::string_view payload) override { add("pong", payload); }
    void on_close(std::uint16_t code, std::string_view reason) override {
        lines.push_back(fmt::format("close {} {}", code, reason));
    }
    void on_failure(Violation const& violation) override {
        lines.push_back(fmt::format("failure {}", static_cast<int>(violation.code)));
        failure_reason = violation.reason;
    }

    std::vector<std::string> lines;
    std::string failure_reason;

private:
    void add(std::string_view kind, std::string_view payload) {
        lines.push_back(fmt::format("{} {}", kind, payload));
    }
};

inline constexpr std::uint32_t kMaskForTest = 0xA1B2C3D4;

// One client frame as bytes.
inline std::string client_frame(FrameHeader header, std::string_view payload) {
    header.mask = kMaskForTest;
    std::string bytes;
    append_frame(bytes, header, payload);
    return bytes;
}

struct DecoderSetup {
    DecoderOptions options;
    Compression compression = Compression::kNone;
};

// Cuts `bytes` at the given distances and feeds the pieces.
template <typename NextSize>
std::vector<std::string> decode_in_pieces(DecoderSetup const& setup, std::string bytes,
                                          NextSize next_size) {
    Decoder decoder(setup.options, setup.compression);
    EventLog log;
    for (std::size_t at = 0; at < bytes.size();) {
        auto const size = std::min<std::size_t>(next_size(), bytes.size() - at);
        decoder.feed(std::span(bytes).subspan(at, size), log);
        at += size;
    }
    return log.lines;
}

inline std::vector<std::string> decode_whole(DecoderSetup const& setup, std::string_view bytes) {
    return decode_in_pieces(setup, std::string(bytes), [&] { return bytes.size(); });
}

inline std::vector<std::string> decode_by_byte(DecoderSetup const& setup, std::string_view bytes) {
    return decode_in_pieces(setup, std::string(bytes), [] { return 1; });
}

inline std::vector<std::string> decode_random(DecoderSetup const& setup, std::string_view bytes,
                                              unsigned seed) {
    std::mt19937 random(seed);
    return decode_in_pieces(setup, std::string(bytes), [&] { return 1 + random() % 23; });
}

}  // namespace sewa::ws
