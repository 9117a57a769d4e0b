#pragma once

#include <memory>

#include "http/handler.h"
#include "ws/connection.h"
#include "ws/handshake.h"

namespace sewa::ws {

// The opening handshake over src/http. Shard-local.

// Reads the handshake out of a parsed request, without answering it.
HandshakeResult negotiate(http::Request const& request, HandshakeOptions const& options);

http::Response refusal_response(HandshakeRefusal const& refusal);

// Answers 101; from here on `next`, which was made for that handshake, speaks on the connection.
void upgrade(http::RequestContext& context, Handshake const& handshake,
             std::unique_ptr<Connection> next);

}  // namespace sewa::ws
