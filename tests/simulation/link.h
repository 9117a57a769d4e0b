#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "core/id.h"
#include "wire_checker.h"

namespace sewa::simulation {

// What travels on a link. A kClosed tells the receiver that the connection has ended.
struct Packet {
    enum class Kind : std::uint8_t { kText, kPing, kPong, kClosed };

    Kind kind = Kind::kText;
    std::string text;
    std::uint16_t code = 0;
};

// One WebSocket between a client and the server. After a cut nothing new enters it; what is inside
// still arrives, as far as the cut left it.
class Link {
public:
    Link(std::uint64_t its_id, int its_client, WireChecker checker)
        : id(its_id), client(its_client), wire(std::move(checker)) {}

    void to_server(Packet packet) {
        if (!is_cut) upstream.push_back(std::move(packet));
    }
    void to_client(Packet packet) {
        if (!is_cut && client_open) downstream.push_back(std::move(packet));
    }

    struct Cut {
        std::size_t upstream_kept = 0;
        std::size_t downstream_kept = 0;
        bool server_notices = true;
        bool client_notices = true;
    };
    void cut(Cut how) {
        if (is_cut) return;
        is_cut = true;
        upstream.resize(std::min(upstream.size(), how.upstream_kept));
        downstream.resize(std::min(downstream.size(), how.downstream_kept));
        if (how.server_notices) upstream.push_back({Packet::Kind::kClosed, {}, 1006});
        if (how.client_notices && client_open) {
            downstream.push_back({Packet::Kind::kClosed, {}, 1006});
        }
    }

    std::uint64_t const id;
    int const client;
    WireChecker wire;
    std::deque<Packet> upstream;
    std::deque<Packet> downstream;
    bool client_open = true;
    bool server_open = false;  // The server has a session for it.
    bool is_cut = false;
    int stalled_steps = 0;
};

}  // namespace sewa::simulation
