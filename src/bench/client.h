#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"
#include "net/socket.h"
#include "shard/loop.h"
#include "ws/decoder.h"

namespace sewa::bench {

class Client;

// Who uses the clients of a process. Views are valid during the call.
class ClientOwner {
public:
    virtual ~ClientOwner() = default;
    virtual void on_open(Client& client) = 0;
    virtual void on_text(Client& client, std::string_view text) = 0;
    // False: nobody expects binary frames, and the connection is lost.
    virtual bool on_binary(Client&, std::string_view) { return false; }
    // The connection is gone; `connect` may be called again, though not from here.
    virtual void on_lost(Client& client, std::string_view why) = 0;
};

// What all clients of a process share: loop, one read buffer, and the clients that have something
// to send, each of which is written once per turn.
class Clients final : private shard::TurnHook {
public:
    Clients(shard::Loop& loop, net::Address const& server, ClientOwner& owner);
    ~Clients();
    Clients(Clients const&) = delete;
    Clients& operator=(Clients const&) = delete;

    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    int receive_buffer_bytes = 0;  // Of the sockets, in the kernel; 0: its default.

private:
    friend class Client;
    void on_turn_end(shard::TurnStage stage) override;

    shard::Loop& loop_;
    net::Address const server_;
    ClientOwner& owner_;
    ws::DecoderOptions const decoder_options_{.message_bytes_max = 1 << 20,
                                              .role = ws::Role::kClient};
    std::vector<char> buffer_;
    std::vector<Client*> dirty_;
};

// One client connection: handshake, masked frames out, decoded frames in. Answers pings.
//
// Runs on the loop of its `Clients`, which outlives it. What waits to be sent is bounded by the
// owner's window.
class Client final : private shard::FdHandler, private ws::Events {
public:
    Client(Clients& clients, std::uint32_t index) : clients_(clients), index_(index) {}
    ~Client() { drop(); }
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    std::uint32_t index() const { return index_; }
    bool is_open() const { return state_ == State::kOpen; }
    bool is_down() const { return state_ == State::kDown; }

    // `target`: path and query; `headers`: further lines, each with its end. The owner hears
    // on_open or on_lost.
    void connect(std::string_view target, std::string_view headers = {});
    // Only while it is open.
    void send_text(std::string_view text) { send(ws::Opcode::kText, text); }
    void send_binary(std::string_view bytes) { send(ws::Opcode::kBinary, bytes); }
    // Only while it is open. It reads when it opens.
    void pause_reading() { set_reading(false); }
    void resume_reading() { set_reading(true); }
    // Without a closing handshake; the owner hears nothing.
    void drop();

private:
    friend class Clients;
    enum class State : std::uint8_t { kDown, kConnecting, kUpgrading, kOpen };

    void on_ready(std::uint32_t events) override;
    void on_text(std::string_view text) override { clients_.owner_.on_text(*this, text); }
    void on_binary(std::string_view bytes) override;
    void on_ping(std::string_view payload) override;
    void on_pong(std::string_view) override {}
    void on_close(std::uint16_t code, std::string_view reason) override;
    void on_failure(ws::Violation const& violation) override { lose(violation.reason); }

    void send(ws::Opcode opcode, std::string_view payload);
    void read();
    void set_reading(bool reads);
    void watch_anew();
    void receive(std::span<char> bytes);
    void end_handshake(std::span<char> bytes);
    void mark_dirty();
    void flush();
    void lose(std::string_view why);

    Clients& clients_;
    std::uint32_t const index_;
    State state_ = State::kDown;
    bool is_dirty_ = false;
    bool watches_write_ = false;
    bool reads_ = true;
    bool is_receiving_ = false;  // The decoder is on the stack: it must not go.
    net::Socket socket_;
    std::unique_ptr<ws::Decoder> decoder_;
    std::string out_;
    std::string head_;  // Of the answer to the handshake.
    std::string lost_;  // Why, while on_lost has to wait for the end of the read.
};

}  // namespace sewa::bench
