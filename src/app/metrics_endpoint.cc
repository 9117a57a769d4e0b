#include "app/metrics_endpoint.h"

namespace sewa::app {

namespace {

constexpr std::size_t kConnectionsMax = 64;
constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

MetricsEndpoint::MetricsEndpoint(shard::Loop& loop, Sources sources)
    : sources_(std::move(sources)), connections_(loop, {}, kConnectionsMax) {
    router_.add({http::Method::kGet, "/metrics",
                 [this](http::RequestContext& context, http::PathIds const&) {
                     http::Response response(200);
                     response.body(sources_.scrape(), kContentType);
                     context.respond(std::move(response));
                 }});
    router_.add(
        {http::Method::kGet, "/ready", [this](http::RequestContext& context, http::PathIds const&) {
             bool const is_ready = sources_.is_ready();
             context.respond(
                 http::Response::text(is_ready ? 200 : 503, is_ready ? "ready\n" : "not ready\n"));
         }});
}

Result<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::open(shard::Loop& loop,
                                                               std::string const& listen_address,
                                                               Sources sources) {
    if (listen_address.empty()) return nullptr;
    SEWA_TRY(auto const address, net::parse_address(listen_address));
    std::unique_ptr<MetricsEndpoint> endpoint(new MetricsEndpoint(loop, std::move(sources)));
    net::ListenerOptions options;
    options.connections_max = kConnectionsMax;
    std::vector<net::ListenerTarget> targets{{&endpoint->connections_, [self = endpoint.get()] {
                                                  return std::make_unique<http::Connection>(
                                                      self->router_, self->options_);
                                              }}};
    SEWA_TRY(endpoint->listener_,
             net::Listener::open(loop, address, std::move(targets), std::move(options)));
    return endpoint;
}

void MetricsEndpoint::close() {
    listener_->close();
    connections_.abort_all();
}

}  // namespace sewa::app
