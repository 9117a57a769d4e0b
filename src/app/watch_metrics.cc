#include "app/watch_metrics.h"

#include <array>
#include <optional>

namespace sewa::app {

namespace {

using observe::Counter;
using observe::Gauge;

double value_of(std::atomic<std::uint64_t> const& counter) {
    return static_cast<double>(counter.load(std::memory_order_relaxed));
}

double value_of(net::Counter const& counter) {
    return static_cast<double>(counter.get());
}

class Watch {
public:
    Watch(observe::Metrics& metrics, std::vector<ShardApp*> apps)
        : metrics_(metrics), apps_(std::move(apps)) {}

    // One watcher per shard; a scrape adds them up.
    template <typename Key, typename Read>
    void on_each(Key key, Read read) {
        for (auto* const app : apps_) {
            metrics_.watch(key, [app, read] { return read(*app); });
        }
    }

private:
    observe::Metrics& metrics_;
    std::vector<ShardApp*> const apps_;
};

void watch_network(Watch& watch) {
    watch.on_each(Gauge::kConnections, [](ShardApp& app) {
        auto const& counters = app.connections().counters();
        return value_of(counters.opened) - value_of(counters.closed);
    });
    watch.on_each(Counter::kBytesReceived,
                  [](ShardApp& app) { return value_of(app.connections().counters().bytes_in); });
    watch.on_each(Counter::kBytesSent,
                  [](ShardApp& app) { return value_of(app.connections().counters().bytes_out); });
    watch.on_each(Gauge::kOutboxBytes,
                  [](ShardApp& app) { return value_of(app.connections().counters().queued); });
    watch.on_each(Counter::kFramesDroppedEphemeral, [](ShardApp& app) {
        double shed = 0;
        for (auto const& kind : app.connections().counters().shed) shed += value_of(kind);
        return shed;
    });
    watch.on_each(Counter::kConnectionsOpened,
                  [](ShardApp& app) { return value_of(app.gate_counters().accepted); });
    watch.on_each(Counter::kConnectionsRefusedOrigin,
                  [](ShardApp& app) { return value_of(app.gate_counters().refused_origin); });
    watch.on_each(Counter::kConnectionsRefusedOverload,
                  [](ShardApp& app) { return value_of(app.gate_counters().refused_overload); });
}

void watch_sessions(Watch& watch) {
    watch.on_each(Counter::kFramesReceived,
                  [](ShardApp& app) { return value_of(app.session_counters().frames_in); });
    watch.on_each(Counter::kFramesSent, [](ShardApp& app) {
        return value_of(app.hub().counters().deliveries) + value_of(app.hub().counters().ephemeral);
    });
    watch.on_each(Counter::kFramesLimited,
                  [](ShardApp& app) { return value_of(app.session_counters().rate_limited); });
    watch.on_each(Counter::kEventsReplayed,
                  [](ShardApp& app) { return value_of(app.session_counters().replayed); });
    watch.on_each(Counter::kResumesResumed,
                  [](ShardApp& app) { return value_of(app.session_counters().resumed); });
    watch.on_each(Counter::kResumesSnapshot,
                  [](ShardApp& app) { return value_of(app.session_counters().snapshots); });
    watch.on_each(Counter::kResumesFresh, [](ShardApp& app) {
        auto const& counters = app.session_counters();
        return value_of(counters.opened) - value_of(counters.resumed) -
               value_of(counters.snapshots);
    });
    watch.on_each(Gauge::kSessions,
                  [](ShardApp& app) { return value_of(app.hub().counters().sessions); });
    watch.on_each(Counter::kWritesLimited,
                  [](ShardApp& app) { return value_of(app.hub().counters().writes_limited); });
    watch.on_each(Counter::kMailRefused,
                  [](ShardApp& app) { return value_of(app.hub().counters().ephemeral_lost); });
}

struct TableMetric {
    Gauge entries;
    std::optional<Counter> refused;
};

// In the order of Hub::table_uses.
constexpr std::array<TableMetric, 6> kHubTables{{{Gauge::kWritesUnderWay, Counter::kRefusedWrites},
                                                 {Gauge::kReadsWaiting, Counter::kRefusedReads},
                                                 {Gauge::kAudiences, Counter::kRefusedAudiences},
                                                 {Gauge::kListeners, {}},
                                                 {Gauge::kWriteLimits, {}},
                                                 {Gauge::kDeliveredMarkers, {}}}};

void watch_tables(Watch& watch) {
    for (std::size_t i = 0; i < kHubTables.size(); ++i) {
        watch.on_each(kHubTables[i].entries, [i](ShardApp& app) {
            return static_cast<double>(app.hub().table_uses()[i].entries);
        });
        if (!kHubTables[i].refused) continue;
        watch.on_each(*kHubTables[i].refused, [i](ShardApp& app) {
            return static_cast<double>(app.hub().table_uses()[i].refused);
        });
    }
    watch.on_each(Gauge::kRequestLimits,
                  [](ShardApp& app) { return static_cast<double>(app.limited_callers()); });
}

void watch_desks(observe::Metrics& metrics, WatchedParts const& parts) {
    metrics.watch(Gauge::kUploads,
                  [&uploads = parts.uploads] { return value_of(uploads.in_progress); });
    metrics.watch(Counter::kRefusedUploads,
                  [&uploads = parts.uploads] { return value_of(uploads.refused); });
    metrics.watch(Counter::kRefusedTyping,
                  [&typing = parts.typing] { return static_cast<double>(typing.refused()); });
    metrics.watch(Counter::kRefusedStoreReads, [&counters = parts.store.counters()] {
        return value_of(counters.reads_refused);
    });
    if (parts.passwords == nullptr) return;
    metrics.watch(Gauge::kPasswordsWaiting,
                  [desk = parts.passwords] { return static_cast<double>(desk->waiting()); });
    metrics.watch(Counter::kRefusedPasswords,
                  [desk = parts.passwords] { return static_cast<double>(desk->refused()); });
}

void watch_errors(observe::Metrics& metrics, std::vector<ShardApp*> const& apps) {
    for (std::size_t i = 0; i < observe::kErrcCount; ++i) {
        for (auto* const app : apps) {
            metrics.watch_error(static_cast<Errc>(i),
                                [app, i] { return value_of(app->session_counters().errors[i]); });
        }
    }
}

void watch_store(observe::Metrics& metrics, store::Store const& store) {
    auto const& counters = store.counters();
    metrics.watch(Counter::kStoreTransactions, [&] { return value_of(counters.commits); });
    metrics.watch(Counter::kStoreRefused, [&] { return value_of(counters.writes_refused); });
    metrics.watch(Counter::kStoreFailures, [&] { return value_of(counters.commit_failures); });
    metrics.watch(Counter::kStoreCheckpoints, [&] { return value_of(counters.checkpoints); });
    metrics.watch(Counter::kSearchFailures, [&] { return value_of(counters.index_failures); });
    metrics.watch(Gauge::kSearchPosition, [&] { return value_of(counters.indexed_to); });
    metrics.watch(Gauge::kStoreQueue, [&] { return value_of(counters.queue_length); });
    metrics.watch(Gauge::kStoreWalBytes, [&] { return value_of(counters.wal_bytes); });
    metrics.watch(Gauge::kLogPosition,
                  [&store] { return static_cast<double>(store.log_state().head.value); });
}

void watch_webhooks(observe::Metrics& metrics, webhook::Sender const* sender) {
    if (sender == nullptr) return;
    metrics.watch(Counter::kWebhooksDelivered,
                  [sender] { return static_cast<double>(sender->state().delivered); });
    metrics.watch(Counter::kWebhooksFailed,
                  [sender] { return static_cast<double>(sender->state().failed); });
    metrics.watch(Gauge::kWebhookLag, [sender] {
        auto const state = sender->state();
        return static_cast<double>(state.head.value - state.cursor.value);
    });
}

}  // namespace

void watch_doors(observe::Metrics& metrics, WatchedParts const& parts) {
    auto const watch = [&](Counter counter, auto const& source, auto read) {
        metrics.watch(counter, [&source, read] { return static_cast<double>((source.*read)()); });
    };
    watch(Counter::kTokensAccepted, parts.tokens, &TokenAuthenticator::accepted);
    watch(Counter::kTokensExpired, parts.tokens, &TokenAuthenticator::expired);
    watch(Counter::kTokensRefused, parts.tokens, &TokenAuthenticator::refused);
    watch(Counter::kTicketsIssued, parts.tickets, &auth::Tickets::issued);
    watch(Counter::kTicketsRefused, parts.tickets, &auth::Tickets::refused);
    metrics.watch(Counter::kConnectionsRefusedOverload,
                  [&listener = parts.listener] { return value_of(listener.counters().refused); });
}

void watch_metrics(observe::Metrics& metrics, WatchedParts parts) {
    Watch watch(metrics, parts.apps);
    watch_network(watch);
    watch_sessions(watch);
    watch_tables(watch);
    watch_desks(metrics, parts);
    watch_errors(metrics, parts.apps);
    watch_store(metrics, parts.store);
    watch_webhooks(metrics, parts.webhooks);
    watch_doors(metrics, parts);
    metrics.watch(Gauge::kUsersOnline,
                  [&presence = parts.presence] { return static_cast<double>(presence.size()); });
    metrics.watch(Gauge::kTypingEntries,
                  [&typing = parts.typing] { return static_cast<double>(typing.size()); });
    metrics.watch(Gauge::kTicketsWaiting,
                  [&tickets = parts.tickets] { return static_cast<double>(tickets.size()); });
}

}  // namespace sewa::app
