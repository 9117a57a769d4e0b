#pragma once

#include <memory>

#include "http/handler.h"
#include "ws/codec.h"
#include "ws/connection.h"
#include "ws/handshake.h"

namespace sewa::ws {

// The opening handshake over src/http. Shard-local.

// Reads the handshake out of a parsed request, without answering it.
HandshakeResult negotiate(http::Request const& request, HandshakeOptions const& options);

http::Response refusal_response(HandshakeRefusal const& refusal);

// Answers 101; from here on the connection speaks WebSocket with `handler`.
void upgrade(http::RequestContext& context, Handshake const& handshake, Codec& codec,
             std::unique_ptr<Handler> handler);

}  // namespace sewa::ws
