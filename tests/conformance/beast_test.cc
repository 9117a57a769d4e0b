// The echo server against an independent implementation of RFC 6455 and RFC 7692: Boost.Beast's.
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <random>
#include <string>

#include "echo_process.h"

namespace sewa::conformance {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;

class BeastClient {
public:
    explicit BeastClient(websocket::permessage_deflate const& deflate = {}) : stream_(context_) {
        stream_.set_option(deflate);
        stream_.read_message_max(32 << 20);
        auto const address = asio::ip::make_address("127.0.0.1");
        stream_.next_layer().connect({address, echo_port()});
        stream_.next_layer().set_option(asio::ip::tcp::no_delay(true));
        stream_.handshake(response, "127.0.0.1", "/");
    }

    std::string echo(std::string const& payload, bool binary = false) {
        stream_.binary(binary);
        stream_.write(asio::buffer(payload));
        return read(binary);
    }

    std::string read(bool binary) {
        boost::beast::flat_buffer buffer;
        stream_.read(buffer);
        EXPECT_EQ(stream_.got_binary(), binary);
        return boost::beast::buffers_to_string(buffer.data());
    }

    websocket::stream<asio::ip::tcp::socket>& stream() { return stream_; }

    websocket::response_type response;

private:
    asio::io_context context_;
    websocket::stream<asio::ip::tcp::socket> stream_;
};

std::string random_text(std::mt19937& random, std::size_t size) {
    std::string payload;
    while (payload.size() < size) {
        payload += random() % 3 == 0 ? "नमस्ते" : std::to_string(random() % 1000);
    }
    return payload;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string payload(size, '\0');
    for (auto& byte : payload) byte = static_cast<char>(random());
    return payload;
}

void exchange_random_messages(BeastClient& client, unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 200; ++i) {
        auto const size = random() % (i % 20 == 0 ? 300'000 : 3'000);
        client.stream().auto_fragment(random() % 2 == 0);
        client.stream().write_buffer_bytes(8 + random() % 5000);
        auto const text = random_text(random, size);
        ASSERT_EQ(client.echo(text), text) << "seed " << seed;
        auto const bytes = random_bytes(random, size);
        ASSERT_EQ(client.echo(bytes, true), bytes) << "seed " << seed;
    }
}

TEST(Beast, gets_back_what_it_sends) {
    for (unsigned seed = 1; seed <= 3; ++seed) {
        BeastClient client;
        exchange_random_messages(client, seed);
    }
}

websocket::permessage_deflate deflate_offer(int server_bits, int client_bits, bool takeover) {
    websocket::permessage_deflate offer;
    offer.client_enable = true;
    offer.server_max_window_bits = server_bits;
    offer.client_max_window_bits = client_bits;
    offer.server_no_context_takeover = !takeover;
    offer.client_no_context_takeover = !takeover;
    return offer;
}

TEST(Beast, gets_back_what_it_sends_compressed_whatever_it_offers) {
    unsigned seed = 10;
    for (int const server_bits : {15, 9}) {
        for (int const client_bits : {15, 9}) {
            for (bool const takeover : {true, false}) {
                BeastClient client(deflate_offer(server_bits, client_bits, takeover));
                EXPECT_NE(client.response["Sec-WebSocket-Extensions"].find("permessage-deflate"),
                          boost::beast::string_view::npos);
                exchange_random_messages(client, ++seed);
            }
        }
    }
}

TEST(Beast, writes_a_message_piece_by_piece_with_pings_in_between) {
    BeastClient client;
    std::string pongs;
    client.stream().control_callback([&](websocket::frame_type kind, auto payload) {
        if (kind == websocket::frame_type::pong) pongs += std::string(payload) + ";";
    });
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        auto const piece = "piece " + std::to_string(i) + " ";
        expected += piece;
        client.stream().write_some(i == 99, asio::buffer(piece));
        if (i % 50 == 0) client.stream().ping(websocket::ping_data(std::to_string(i)));
    }
    EXPECT_EQ(client.read(false), expected);
    EXPECT_EQ(pongs, "0;50;");
}

TEST(Beast, hears_its_own_close_code) {
    for (int const code : {1000, 1001, 3000, 4321}) {
        BeastClient client;
        client.stream().close(websocket::close_code(code));
        EXPECT_EQ(client.stream().reason().code, code);
    }
}

TEST(Beast, hears_why_it_was_closed) {
    BeastClient client;
    client.stream().text(true);
    client.stream().write(asio::buffer("\xFF", 1));
    boost::beast::flat_buffer buffer;
    boost::beast::error_code failure;
    client.stream().read(buffer, failure);
    EXPECT_EQ(failure, websocket::error::closed);
    EXPECT_EQ(client.stream().reason().code, 1007);
}

}  // namespace
}  // namespace sewa::conformance
