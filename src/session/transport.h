#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/ephemeral.h"
#include "core/errc.gen.h"
#include "core/shared_frame.h"

namespace sewa::session {

// The way to one client, as the session sees it: a WebSocket in the server, a queue in the
// simulation. Shard-local. Owned by the connection, outlives its session.
class Transport {
public:
    virtual ~Transport() = default;

    // False when the queue is full; nothing was queued then.
    [[nodiscard]] virtual bool send(SharedFrame const& frame) = 0;
    // May be dropped, or replace a queued one with the same kind and key (0: none).
    virtual void send_ephemeral(SharedFrame const& frame, EphemeralKind kind,
                                std::uint64_t key) = 0;
    virtual void ping() = 0;
    // Sends what is queued and then this close frame. Nothing can be sent afterwards.
    virtual void close(CloseCode code, std::string_view reason) = 0;
    virtual std::size_t queued_bytes() const = 0;
};

}  // namespace sewa::session
