// The decoder against Boost.Beast's: the same bytes of a client must mean the same messages, pings
// and end to both, with and without compression. The first byte chooses compression.
#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "core/assert.h"
#include "ws/deflate.h"
#include "ws/event_log_for_test.h"

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using namespace sewa::ws;

constexpr std::size_t kMessageBytesMax = 4096;

// Of several broken rules each names the one it sees first, and close codes that nobody registered
// are an error to us only.
bool is_same_end(std::string const& ours, std::string const& theirs) {
    if (ours == theirs) return true;
    if (!ours.starts_with("failure")) return false;
    if (theirs.starts_with("failure")) return true;
    if (!theirs.starts_with("close ")) return false;
    auto const code = std::stoi(theirs.substr(6));
    return code >= 5000 || (code >= 1015 && code < 3000);
}

// Empty when the bytes have ended.
std::string line_of(beast::error_code const& error, websocket::close_reason const& reason) {
    if (error == websocket::error::closed) {
        int const code = reason.code == websocket::close_code::none ? kNoStatus : reason.code;
        return fmt::format("close {} {}", code,
                           std::string_view(reason.reason.data(), reason.reason.size()));
    }
    if (error.category() == beast::error_code(websocket::error::bad_opcode).category() ||
        error.category() == beast::error_code(beast::zlib::error::stream_error).category()) {
        return "failure: " + error.message();
    }
    return {};
}

class BeastServer {
public:
    explicit BeastServer(bool compresses) : stream_(context_), peer_(context_) {
        websocket::permessage_deflate deflate;
        deflate.server_enable = compresses;
        deflate.client_no_context_takeover = true;
        deflate.server_no_context_takeover = true;
        stream_.set_option(deflate);
        stream_.read_message_max(kMessageBytesMax);
        stream_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
            if (kind == websocket::frame_type::close) return;
            lines_.push_back(fmt::format("{} {}",
                                         kind == websocket::frame_type::ping ? "ping" : "pong",
                                         std::string_view(payload)));
        });
        stream_.next_layer().connect(peer_);
        std::string const request = fmt::format(
            "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{}\r\n",
            compresses ? "Sec-WebSocket-Extensions: permessage-deflate; "
                         "client_no_context_takeover; server_no_context_takeover\r\n"
                       : "");
        stream_.next_layer().append(request);
        stream_.accept();
    }

    std::vector<std::string> read_all(std::string_view bytes) {
        stream_.next_layer().append(beast::string_view(bytes.data(), bytes.size()));
        peer_.close();
        for (;;) {
            // A length that nobody can hold is an error to Beast only when its buffer is bounded.
            beast::flat_buffer buffer(4 * kMessageBytesMax);
            beast::error_code error;
            stream_.read(buffer, error);
            if (error) {
                if (auto line = line_of(error, stream_.reason()); !line.empty()) {
                    lines_.push_back(std::move(line));
                }
                return lines_;
            }
            lines_.push_back(fmt::format("{} {}", stream_.got_binary() ? "binary" : "text",
                                         beast::buffers_to_string(buffer.data())));
        }
    }

private:
    boost::asio::io_context context_;
    websocket::stream<beast::test::stream> stream_;
    beast::test::stream peer_;
    std::vector<std::string> lines_;
};

bool has_failed(std::vector<std::string> const& lines) {
    return !lines.empty() && lines.back().starts_with("failure");
}

std::vector<std::string> our_reading(bool compresses, std::string_view bytes) {
    static Inflater inflater;
    DecoderSetup setup;
    setup.options.message_bytes_max = kMessageBytesMax;
    setup.options.inflater = &inflater;
    setup.compression = compresses ? Compression::kDeflate : Compression::kNone;
    return decode_whole(setup, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    bool const compresses = data[0] % 2 == 1;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto ours = our_reading(compresses, bytes);
    auto theirs = BeastServer(compresses).read_all(bytes);
    // We refuse at the byte that breaks a rule, Beast when the header or the text is complete.
    bool const is_early = ours.size() == theirs.size() + 1 && has_failed(ours);
    if (is_early) ours.pop_back();
    // Beast inflates a message before it is complete, takes one whose last block is cut, and does
    // not know final blocks (RFC 7692 §7.2.3.4): what one of us refuses there ends the comparison.
    if (compresses && (has_failed(ours) || has_failed(theirs))) {
        auto const common =
            std::min(ours.size() - has_failed(ours), theirs.size() - has_failed(theirs));
        ours.resize(common);
        theirs.resize(common);
    }
    bool const is_same = ours.size() == theirs.size() &&
                         std::equal(ours.begin(), ours.end(), theirs.begin(), is_same_end);
    if (!is_same) {
        for (auto const& line : ours) fmt::print(stderr, "ours   {}\n", line);
        for (auto const& line : theirs) fmt::print(stderr, "theirs {}\n", line);
    }
    SEWA_ASSERT(is_same);
    return 0;
}
