#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/connection.h"
#include "http/router.h"
#include "net/connection_table.h"
#include "net/listener.h"

namespace sewa::app {

// `/metrics` and `/ready` on a listener of their own, so that neither is reachable where clients
// are. Lives on one shard; a scrape costs it well under a millisecond.
class MetricsEndpoint {
public:
    struct Sources {
        std::function<std::string()> scrape;
        std::function<bool()> is_ready;
    };

    // Null for an empty address: no endpoint. Before the loop's first turn.
    static Result<std::unique_ptr<MetricsEndpoint>> open(shard::Loop& loop,
                                                         std::string const& listen_address,
                                                         Sources sources);

    net::Address const& bound() const { return listener_->bound(); }
    // On the shard, before the loop ends.
    void close();

private:
    MetricsEndpoint(shard::Loop& loop, Sources sources);

    Sources const sources_;
    http::Router router_;
    http::HttpOptions const options_;
    net::ConnectionTable connections_;
    std::unique_ptr<net::Listener> listener_;
};

}  // namespace sewa::app
