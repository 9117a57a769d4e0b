#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/plan.h"

namespace sewa::peer_load {

// Hears what a dialect found in the bytes of its server. Views are valid during the call.
class Listener {
public:
    virtual ~Listener() = default;
    // From here on messages may leave and arrive. Once.
    virtual void on_live() = 0;
    // The text of a message, own ones included when the server returns them.
    virtual void on_message(std::string_view text) = 0;
    // The dialect wants to send a frame of its own.
    virtual void answer(std::string_view payload) = 0;
    virtual void on_wrong(std::string_view why) = 0;
};

// How one connection talks to one kind of server: what it says to take part in its room, how a
// text becomes a frame and a frame a text. One object per connection, on the generator's thread;
// holds what its protocol needs to remember, nothing that grows.
class Dialect {
public:
    virtual ~Dialect() = default;
    // Path and query of the handshake, and further header lines, each with its line end.
    virtual std::string target() const = 0;
    virtual std::string headers() const { return {}; }
    virtual bool is_binary() const { return false; }
    virtual void on_open(Listener& listener) = 0;
    // The payload of one text or binary frame.
    virtual void on_payload(std::string_view payload, Listener& listener) = 0;
    // The frame that brings `text` to all other members of the room.
    virtual std::string message(std::string_view text) = 0;
};

struct Member {
    std::uint32_t room = 0;
    std::uint32_t place = 0;  // In the room.
};

struct Speech {
    std::string dialect;
    std::string target;  // Of `plain` and `json`: a path in which {room} and {place} are filled in.
    bench::Layout layout;
    std::string secret;     // Of `sewa`: signs the tokens.
    std::uint32_t run = 0;  // Of `sewa`: makes the keys of this run differ from any other's.
};

// Null when there is no such dialect: sewa, plain, json, socketio, nats, xmpp.
std::unique_ptr<Dialect> make_dialect(Speech const& speech, Member const& member);

std::unique_ptr<Dialect> make_sewa(Speech const& speech, Member const& member);
std::unique_ptr<Dialect> make_plain(Speech const& speech, Member const& member);
std::unique_ptr<Dialect> make_json(Speech const& speech, Member const& member);
std::unique_ptr<Dialect> make_socketio(Speech const& speech, Member const& member);
std::unique_ptr<Dialect> make_nats(Speech const& speech, Member const& member);
std::unique_ptr<Dialect> make_xmpp(Speech const& speech, Member const& member);

// What stands in `text` from behind `begin` to before the next `end`; empty when it is not there.
std::string_view between(std::string_view text, std::string_view begin, std::string_view end);

}  // namespace sewa::peer_load
