#include "sim_server.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/assert.h"

namespace sewa::simulation {

Result<auth::Claims> SimAuthenticator::verify(std::string_view token) const {
    auth::Claims claims;
    auto const dot = token.find('.');
    if (dot == std::string_view::npos) return fail(Errc::kUnauthorized, "no token");
    std::from_chars(token.data(), token.data() + dot, claims.user.value);
    std::from_chars(token.data() + dot + 1, token.data() + token.size(), claims.expires_at.value);
    if (claims.expires_at <= clock_.wall()) return fail(Errc::kTokenExpired, "expired");
    claims.name = "user " + std::to_string(claims.user.value);
    return claims;
}

namespace {

chat::HubParts hub_parts(ShardParts const& parts, shard::TimerWheel& timers) {
    auto const& weather = parts.weather;
    chat::HubLimits limits;
    limits.connections_per_user = weather.connections_per_user;
    limits.waiters_max = weather.waiters_max;
    limits.audiences_max = weather.audiences_max;
    limits.reads_outstanding_max = weather.reads_outstanding_max;
    return {parts.id, parts.server.store, parts.server, parts.server.presence, parts.server.typing,
            timers,   parts.clock,        limits};
}

session::SessionLimits session_limits(Weather const& weather) {
    session::SessionLimits limits;
    limits.frames_per_minute = weather.frames_per_minute;
    limits.replay_page = weather.replay_page;
    limits.replay_held_max = weather.held_max;
    limits.replay_queue_bytes =
        std::min(limits.replay_queue_bytes, weather.transport_bytes_max / 2);
    return limits;
}

}  // namespace

SimShard::SimShard(ShardParts const& parts)
    : timers(parts.clock.mono()),
      decoder(65'536),
      random(parts.seed),
      limits(session_limits(parts.weather)),
      hub(hub_parts(parts, timers)),
      session_parts{hub,     parts.server.store, decoder, parts.server.authenticator,
                    timers,  parts.clock,        random,  limits,
                    counters},
      transport_bytes_max(parts.weather.transport_bytes_max) {}

void SimShard::accept(Link& link, session::SessionRequest request) {
    auto connection = std::make_unique<SimConnection>(session_parts, link, transport_bytes_max);
    auto& accepted = *connection;
    connections[link.id] = std::move(connection);
    link.server_open = true;
    accepted.start(std::move(request));
}

void SimShard::reap() {
    std::erase_if(connections, [](auto& entry) {
        if (!entry.second->is_finished()) return false;
        entry.second->link().server_open = false;
        return true;
    });
}

SimServer::SimServer(Parts server_parts)
    : parts(server_parts),
      store({parts.path, parts.clock, parts.random, parts.weather, parts.trace}),
      authenticator(parts.clock),
      typing({}) {
    for (int i = 0; i < parts.weather.shards; ++i) {
        ShardId const id{static_cast<std::uint16_t>(i)};
        ShardScope const scope(id);
        ShardParts const shard_parts{id, *this, parts.clock, parts.weather, parts.random.next()};
        shards.push_back(std::make_unique<SimShard>(shard_parts));
    }
}

SimServer::~SimServer() {
    // Sessions speak to hubs, hubs to one another; nothing of that goes anywhere now.
    for (std::size_t i = 0; i < shards.size(); ++i) {
        ShardScope const scope(ShardId{static_cast<std::uint16_t>(i)});
        for (auto& [id, connection] : shards[i]->connections)
            connection->link().server_open = false;
        shards[i]->connections.clear();
    }
    for (auto& shard : shards) shard->mailbox.clear();
}

bool SimServer::post(ShardId shard, chat::HubTask task) {
    auto& mailbox = shards[shard.value]->mailbox;
    if (mailbox.size() >= parts.weather.mailbox_max) return false;
    mailbox.push_back(std::move(task));
    return true;
}

void SimServer::yield() {
    for (std::size_t i = 0; i < shards.size(); ++i) {
        if (!shards[i]->mailbox.empty()) run_mail(i);
    }
}

void SimServer::run_mail(std::size_t shard) {
    ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
    auto const task = std::move(shards[shard]->mailbox.front());
    shards[shard]->mailbox.pop_front();
    parts.trace.note("shard {}: mail, {} wait", shard, shards[shard]->mailbox.size());
    task(shards[shard]->hub);
    shards[shard]->reap();
}

void SimServer::run_timers(std::size_t shard) {
    ShardScope const scope(ShardId{static_cast<std::uint16_t>(shard)});
    shards[shard]->timers.advance(parts.clock.mono());
    shards[shard]->advanced_at = parts.clock.mono();
    shards[shard]->reap();
}

bool SimServer::can_hand_out(std::size_t shard) const {
    return store.has_batch_for(shard) && shards[shard]->mailbox.size() < parts.weather.mailbox_max;
}

// What is due fires at the next tick of the wheel; before it, to advance is idle.
bool SimServer::can_run_timers(std::size_t shard) const {
    auto const now = parts.clock.mono();
    auto const due = shards[shard]->timers.next_due();
    auto const tick = [](MonoMs at) { return at.value / shard::TimerWheel::kTickMs; };
    return due && *due <= now && tick(shards[shard]->advanced_at) < tick(now);
}

void SimServer::hand_out(std::size_t shard) {
    auto const batch = store.take_batch(shard);
    shards[shard]->mailbox.push_back([batch](chat::Hub& hub) { hub.on_commit(*batch); });
}

std::optional<MonoMs> SimServer::next_due() const {
    std::optional<MonoMs> next;
    for (auto const& shard : shards) {
        if (auto const due = shard->timers.next_due()) next = std::min(next.value_or(*due), *due);
    }
    return next;
}

SimConnection* SimServer::connection(std::uint64_t link, std::size_t* shard) {
    for (std::size_t i = 0; i < shards.size(); ++i) {
        auto const found = shards[i]->connections.find(link);
        if (found == shards[i]->connections.end()) continue;
        if (shard != nullptr) *shard = i;
        return found->second.get();
    }
    return nullptr;
}

// After everything has come to rest.
void SimServer::check_bounds() {
    auto& trace = parts.trace;
    if (typing.size() != 0) trace.complain("{} typing entries stay", typing.size());
    std::size_t sessions = 0, connections = 0;
    for (auto const& shard : shards) {
        sessions += shard->hub.sessions().size();
        connections += shard->connections.size();
        if (shard->hub.reads().waiting() != 0) {
            trace.complain("{} reads wait for ever", shard->hub.reads().waiting());
        }
    }
    if (sessions != connections) trace.complain("{} sessions of {}", sessions, connections);
}

}  // namespace sewa::simulation
