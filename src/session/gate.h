#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "auth/tickets.h"
#include "http/handler.h"
#include "session/session.h"
#include "ws/codec.h"

namespace sewa::session {

struct GateCounters {
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> refused_origin{0};
    std::atomic<std::uint64_t> refused_overload{0};
    std::atomic<std::uint64_t> refused_handshake{0};
};

struct GateOptions {
    // Allowed `Origin` values, exactly ("https://shop.example"), besides pages of this host.
    std::vector<std::string> origins;
    std::size_t sessions_max = 0;  // Of this shard; 0: no limit of its own.
};

// The door at /ws/messaging/: decides whether a handshake becomes a session (C-1 to C-4).
//
// Shard-local; outlives the connections. Whoever cannot be identified is let in and then closed
// with a code, because browsers hide the HTTP status of a refused upgrade; only overload and a
// foreign Origin are refused over HTTP (C-3).
class Gate {
public:
    Gate(SessionParts const& parts, auth::Tickets& tickets, ws::Codec& codec, GateOptions options)
        : parts_(parts), tickets_(tickets), codec_(codec), options_(std::move(options)) {}

    void upgrade(http::RequestContext& context);

    GateCounters const& counters() const { return counters_; }

private:
    void log_refusal(http::Request const& request, std::string_view why) const;
    bool is_allowed_origin(http::Request const& request) const;
    SessionRequest session_request(http::Request const& request) const;
    Result<auth::Claims> claims_of_ticket(std::string_view ticket) const;
    std::optional<Result<auth::Claims>> credential_of(http::Request const& request) const;

    SessionParts const& parts_;
    auth::Tickets& tickets_;
    ws::Codec& codec_;
    GateOptions const options_;
    GateCounters counters_;
};

}  // namespace sewa::session
