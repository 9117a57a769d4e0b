#pragma once

#include "auth/claims.h"
#include "chat/hub.h"

namespace sewa::chat {

// Stores what a token says about its user (C-11). Queued before what the user writes next, so that
// the sender of a first message has a name. Costs no row when nothing changed; when the queue is
// full, the next token brings it again.
void save_profile(Hub& hub, auth::Claims const& claims);

}  // namespace sewa::chat
