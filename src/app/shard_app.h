#pragma once

#include <memory>

#include "api/accounts.h"
#include "api/routes.h"
#include "api/server_routes.h"
#include "app/options.h"
#include "auth/tickets.h"
#include "chat/hub.h"
#include "http/connection.h"
#include "http/router.h"
#include "net/connection_table.h"
#include "observe/metrics.h"
#include "session/gate.h"
#include "session/session.h"
#include "site/site.h"
#include "wire/decode.h"

namespace sewa::app {

// What all shards share.
struct SharedParts {
    Clock const& clock;
    store::Store& store;
    chat::Peers& peers;
    chat::PresenceTable& presence;
    chat::TypingTable& typing;
    session::Authenticator const& authenticator;
    auth::Tickets& tickets;
    auth::ApiKeyStore const& api_keys;
    std::function<std::string()> webhooks;  // Their state as JSON.
    observe::Metrics& metrics;
    observe::Log& log;
    api::UploadDesk& uploads;
};

// Everything that lives on one shard. Built before the shards run; used and destroyed on or after
// them. Members are in the order of their dependencies.
class ShardApp {
public:
    ShardApp(shard::Loop& loop, Options const& options, config::Config const& config,
             SharedParts const& shared);

    // A protocol for a connection that was just accepted.
    std::unique_ptr<net::Protocol> accept();

    // Answers what is neither API nor WebSocket with the web app. Before the shards run.
    void serve(std::shared_ptr<site::Site const> site);
    // Lets people register and log in. Before the shards run.
    void add_accounts(api::AccountDesk& desk, chat::Peers& peers, Clock const& clock);

    // Tells every session to come back later and closes it (C-10). On the shard.
    void drain(std::int64_t spread_ms);
    // Closes HTTP connections between two requests. On the shard.
    void close_idle();

    chat::Hub& hub() { return hub_; }
    net::ConnectionTable& connections() { return connections_; }
    http::Router& router() { return router_; }
    session::SessionCounters const& session_counters() const { return session_counters_; }
    session::GateCounters const& gate_counters() const { return gate_.counters(); }
    SecureRandom& random() { return random_; }
    // Users, addresses and keys whose requests are counted. Any-thread.
    std::size_t limited_callers() const {
        return limiter_.size() + address_limiter_.size() + key_limiter_.size();
    }

private:
    void add_gate_route();
    void log_refusals(observe::Log& log);

    Options const& options_;
    SecureRandom random_;
    chat::Hub hub_;
    wire::Decoder decoder_;
    ws::Codec codec_;
    session::SessionCounters session_counters_;
    Slab session_places_;
    session::SessionParts session_parts_;
    session::Gate gate_;
    api::RequestLimiter limiter_;
    api::AddressLimiter address_limiter_;
    api::ClientAddresses const addresses_;
    api::ApiParts api_parts_;
    api::RequestLimiter key_limiter_;
    api::ServerApiParts server_parts_;
    http::Router router_;
    // Last: its connections own the sessions, which use all of the above.
    net::ConnectionTable connections_;
};

}  // namespace sewa::app
