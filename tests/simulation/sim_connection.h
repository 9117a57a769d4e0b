#pragma once

#include <deque>
#include <memory>
#include <string>

#include "link.h"
#include "session/session.h"
#include "session/transport.h"

namespace sewa::simulation {

// The server's end of a link: a bounded queue in front of it, as the real connection has, and the
// session. Lives in its shard.
class SimConnection final : public session::Transport {
public:
    SimConnection(session::SessionParts const& parts, Link& link, std::size_t bytes_max);

    void start(session::SessionRequest request) {
        session_.prepare(std::move(request));
        session_.start();
    }

    // One packet from the client; false: the connection has ended.
    bool receive(Packet packet);
    // Moves up to `packets` from the queue to the link.
    void flush(std::size_t packets);
    bool has_output() const { return !queue_.empty(); }
    // The close frame is out, or the client has gone: nothing can happen any more.
    bool is_finished() const { return (is_closing_ && queue_.empty()) || has_client_gone_; }

    session::Session& session() { return session_; }
    Link& link() { return link_; }

private:
    struct Queued {
        Packet packet;
        bool is_ephemeral = false;
        EphemeralKind kind = EphemeralKind::kPresence;
        std::uint64_t key = 0;
    };

    bool send(SharedFrame const& frame) override;
    void send_ephemeral(SharedFrame const& frame, EphemeralKind kind, std::uint64_t key) override;
    void ping() override { queue_.push_back({{Packet::Kind::kPing, {}, 0}}); }
    void close(CloseCode code, std::string_view reason) override;
    std::size_t queued_bytes() const override { return bytes_; }

    Link& link_;
    std::size_t const bytes_max_;
    std::deque<Queued> queue_;
    std::size_t bytes_ = 0;
    bool is_closing_ = false;
    bool has_client_gone_ = false;
    session::Session session_;
};

}  // namespace sewa::simulation
