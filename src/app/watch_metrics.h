#pragma once

#include <memory>
#include <vector>

#include "app/shard_app.h"
#include "app/token_authenticator.h"
#include "auth/tickets.h"
#include "net/listener.h"
#include "observe/metrics.h"
#include "webhook/sender.h"

namespace sewa::app {

struct WatchedParts {
    std::vector<ShardApp*> apps;
    store::Store const& store;
    chat::PresenceTable const& presence;
    chat::TypingTable const& typing;
    auth::Tickets const& tickets;
    net::Listener const& listener;
    TokenAuthenticator const& tokens;
    webhook::Sender const* webhooks;  // Null: none.
    api::AttachmentCounters const& uploads;
    api::PasswordDesk const* passwords;  // Null: no accounts.
};

// Start-up: connects what the modules count by themselves with the table of metrics. All of it
// outlives the last scrape.
void watch_metrics(observe::Metrics& metrics, WatchedParts parts);

}  // namespace sewa::app
