// The floor that peers/run.py compares with: rooms over WebSocket on the network core alone. What
// one member says the others receive as it is. Nobody signs in, and nothing is kept, looked into
// or acknowledged, so that what is left is the kernel, the frames and the loop.
//
// usage: peer_relay PORT; the room is the path.
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/listener.h"
#include "ws/decoder.h"
#include "ws/handshake.h"

namespace {

using namespace sewa;

class Member;
using Room = std::vector<net::Connection*>;
using Rooms = std::unordered_map<std::string, Room>;

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
    auto const found = text.find(before);
    if (found == std::string_view::npos) return {};
    auto const from = found + before.size();
    return text.substr(from, text.find(after, from) - from);
}

class Member final : public net::Protocol, private ws::Events {
public:
    Member(Rooms& rooms, ws::DecoderOptions const& options)
        : rooms_(rooms), decoder_(options, ws::Compression::kNone) {}

    void on_open(net::Connection& connection) override { connection_ = &connection; }
    std::size_t on_bytes(net::Connection&, std::span<char> bytes) override {
        return room_ != nullptr ? decoder_.feed(bytes, *this) : shake_hands(bytes);
    }
    void on_closed(net::Connection&) override {
        if (room_ != nullptr) std::erase(*room_, connection_);
    }

private:
    std::size_t shake_hands(std::span<char> bytes) {
        std::string_view const text(bytes.data(), bytes.size());
        auto const end = text.find("\r\n\r\n");
        if (end == std::string_view::npos) return 0;
        ws::Handshake const answer{
            ws::accept_key(between(text, "Sec-WebSocket-Key: ", "\r\n")), {}, {}};
        connection_->send_owned(answer.response());
        room_ = &rooms_[std::string(between(text, "GET ", " "))];
        room_->push_back(connection_);
        return end + 4;
    }
    void on_text(std::string_view text) override {
        auto const frame = SharedFrame::text(text);
        for (auto* const other : *room_) {
            if (other != connection_ && !other->send(frame)) other->abort();
        }
    }
    void on_binary(std::string_view) override { connection_->abort(); }
    void on_ping(std::string_view) override {}
    void on_pong(std::string_view) override {}
    void on_close(std::uint16_t, std::string_view) override { connection_->close_after_flush(); }
    void on_failure(ws::Violation const&) override { connection_->abort(); }

    Rooms& rooms_;
    ws::Decoder decoder_;
    net::Connection* connection_ = nullptr;
    Room* room_ = nullptr;  // Null until the handshake.
};

}  // namespace

int main(int argc, char** argv) {
    SystemClock const clock;
    ShardScope const here(ShardId{0});
    shard::Loop loop(ShardId{0}, clock);
    Rooms rooms;
    ws::DecoderOptions const options;
    net::ConnectionTable table(loop, {}, 50'000);
    net::ListenerTarget const target{&table,
                                     [&] { return std::make_unique<Member>(rooms, options); }};
    auto const address = net::parse_address(std::string("127.0.0.1:") + (argc > 1 ? argv[1] : "0"));
    if (!address) return std::fputs("usage: peer_relay PORT\n", stderr), 2;
    auto const listener = net::Listener::open(loop, *address, {target}, {});
    if (!listener) return std::fprintf(stderr, "%s\n", listener.error().message.c_str()), 1;
    loop.run();
}
