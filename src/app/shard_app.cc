#include "app/shard_app.h"

#include "app/version.h"
#include "session/ws_session.h"
#include "wire/rest_objects.h"

namespace sewa::app {

namespace {

chat::HubParts hub_parts(shard::Loop& loop, Options const& options, SharedParts const& shared) {
    return {loop.id(),       shared.store,  shared.peers,
            shared.presence, shared.typing, loop.timers(),
            shared.clock,    options.hub,   &shared.metrics.slot(loop.id().value)};
}

// 404, 405 and what was refused before it became a request, in the words of PROTOCOL section 8.
http::Response error_page(http::Refusal const& refusal) {
    auto const status = refusal.status;
    auto code = Errc::kBadRequest;
    if (status == 404) code = Errc::kNotFound;
    if (status == 413 || status == 431) code = Errc::kTooLarge;
    if (status >= 500) code = Errc::kUnavailable;
    auto const& why = refusal.error ? *refusal.error : error(code, refusal.reason);
    return http::Response::json(status, wire::encode_rest_error(why));
}

}  // namespace

ShardApp::ShardApp(shard::Loop& loop, Options const& options, config::Config const& config,
                   SharedParts const& shared)
    : options_(options),
      hub_(hub_parts(loop, options, shared)),
      decoder_(options.session.frame_bytes_max),
      codec_(options.codec),
      session_places_(sizeof(session::WsSession)),
      session_parts_{hub_,
                     shared.store,
                     decoder_,
                     shared.authenticator,
                     loop.timers(),
                     shared.clock,
                     random_,
                     options.session,
                     session_counters_,
                     &shared.metrics.slot(loop.id().value),
                     &shared.log,
                     &session_places_},
      gate_(session_parts_, shared.tickets, codec_, {config.origins, 0}),
      limiter_(options.requests),
      address_limiter_(options.address_requests),
      addresses_(config.trusted_proxies),
      api_parts_{hub_,
                 shared.authenticator,
                 shared.tickets,
                 random_,
                 limiter_,
                 address_limiter_,
                 addresses_,
                 shared.clock,
                 options.api,
                 kVersion,
                 &shared.metrics.slot(loop.id().value),
                 &shared.uploads,
                 &shared.log},
      key_limiter_(options.key_requests),
      server_parts_{hub_,         shared.api_keys, key_limiter_,
                    shared.clock, options.api,     shared.webhooks},
      connections_(loop, options.connection,
                   static_cast<std::size_t>(config.limits.connections_max)) {
    log_refusals(shared.log);
    add_gate_route();
    api::add_routes(router_, api_parts_);
    api::add_server_routes(router_, server_parts_);
}

// What never became a request: too slow, too long, or not HTTP.
void ShardApp::log_refusals(observe::Log& log) {
    router_.set_error_page([&log](http::Refusal const& refusal) {
        if (refusal.status != 404 && refusal.status != 405) {
            log.limited(observe::Level::kInfo, "request_refused",
                        {{"status", refusal.status},
                         {"why", refusal.reason},
                         {"from", refusal.remote.text()}});
        }
        return error_page(refusal);
    });
}

void ShardApp::add_gate_route() {
    router_.add(
        {http::Method::kGet, "/ws/messaging/",
         [this](http::RequestContext& context, http::PathIds const&) { gate_.upgrade(context); }});
}

void ShardApp::add_accounts(api::AccountDesk& desk, chat::Peers& peers, Clock const& clock) {
    api::add_account_routes(router_, {hub_, peers, desk, random_, clock, addresses_, hub_.shard()});
}

void ShardApp::serve(std::shared_ptr<site::Site const> site) {
    router_.set_fallback([site = std::move(site)](http::RequestContext& context) {
        bool const is_api = context.request().path.starts_with("/api/");
        is_api ? context.respond(error_page({404, "no such path"})) : site->answer(context);
    });
}

std::unique_ptr<net::Protocol> ShardApp::accept() {
    return std::make_unique<http::Connection>(router_, options_.http);
}

void ShardApp::close_idle() {
    connections_.for_each([](net::Connection& connection) {
        auto* const http = dynamic_cast<http::Connection*>(&connection.protocol());
        if (http != nullptr && http->is_idle()) connection.close_after_flush();
    });
}

void ShardApp::drain(std::int64_t spread_ms) {
    hub_.sessions().each([&](chat::Subscriber& subscriber) {
        auto const wait_ms = 200 + static_cast<std::int64_t>(
                                       random_.below(static_cast<std::uint64_t>(spread_ms) + 1));
        static_cast<session::Session&>(subscriber).drain(wait_ms);
    });
}

}  // namespace sewa::app
