#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sewa::observe {

// Every metric by name, with its meaning; the table in OPERATIONS.md is made from these rows. Rows
// with one name and several labels are one family and stand together.

enum class Counter : std::uint8_t {
    kConnectionsOpened,
    kConnectionsRefusedOverload,
    kConnectionsRefusedOrigin,
    kConnectionsRefusedPerUser,
    kResumesResumed,
    kResumesSnapshot,
    kResumesFresh,
    kFramesReceived,
    kFramesSent,
    kFramesDroppedEphemeral,
    kFramesLimited,
    kBytesReceived,
    kBytesSent,
    kMessagesStored,
    kEventsStored,
    kDuplicatesAbsorbed,
    kEventsReplayed,
    kTokensAccepted,
    kTokensExpired,
    kTokensRefused,
    kTicketsIssued,
    kTicketsRefused,
    kHttpRequests,
    kRequestsLimited,
    kWritesLimited,
    kStoreTransactions,
    kStoreRefused,
    kStoreFailures,
    kStoreCheckpoints,
    kSearchFailures,
    kMailRefused,
    kKeyReloads,
    kKeyReloadFailures,
    kWebhooksDelivered,
    kWebhooksFailed,
    kRefusedWrites,
    kRefusedReads,
    kRefusedStoreReads,
    kRefusedAudiences,
    kRefusedTyping,
    kRefusedUploads,
    kRefusedPasswords,
    kCount,
};

enum class Gauge : std::uint8_t {
    kConnections,
    kSessions,
    kUsersOnline,
    kTypingEntries,
    kOutboxBytes,
    kStoreQueue,
    kStoreWalBytes,
    kTicketsWaiting,
    kLogPosition,
    kSearchPosition,
    kWebhookLag,
    kWritesUnderWay,
    kReadsWaiting,
    kAudiences,
    kListeners,
    kWriteLimits,
    kDeliveredMarkers,
    kRequestLimits,
    kUploads,
    kPasswordsWaiting,
    kCount,
};

enum class Histogram : std::uint8_t {
    kAckSeconds,
    kCommitSeconds,
    kHttpSeconds,
    kBatchWrites,
    kCount,
};

template <typename Key>
constexpr std::size_t index_of(Key key) {
    return static_cast<std::size_t>(key);
}

struct MetricInfo {
    std::string_view name;
    std::string_view help;
    std::string_view label = {};  // name of the label; empty: none
    std::string_view label_value = {};
};

template <typename Key>
struct MetricRow {
    Key key;
    MetricInfo info;
};

inline constexpr std::array<MetricRow<Counter>, index_of(Counter::kCount)> kCounters = {{
    {Counter::kConnectionsOpened,
     {"sewa_connections_opened_total", "WebSocket connections accepted"}},
    {Counter::kConnectionsRefusedOverload,
     {"sewa_connections_refused_total", "connections refused", "reason", "overload"}},
    {Counter::kConnectionsRefusedOrigin,
     {"sewa_connections_refused_total", "connections refused", "reason", "origin"}},
    {Counter::kConnectionsRefusedPerUser,
     {"sewa_connections_refused_total", "connections refused", "reason", "per_user"}},
    {Counter::kResumesResumed,
     {"sewa_resumes_total", "sessions by the outcome of their first frame", "outcome", "resumed"}},
    {Counter::kResumesSnapshot,
     {"sewa_resumes_total", "sessions by the outcome of their first frame", "outcome", "snapshot"}},
    {Counter::kResumesFresh,
     {"sewa_resumes_total", "sessions by the outcome of their first frame", "outcome", "fresh"}},
    {Counter::kFramesReceived, {"sewa_frames_received_total", "frames from clients"}},
    {Counter::kFramesSent, {"sewa_frames_sent_total", "frames queued to clients"}},
    {Counter::kFramesDroppedEphemeral,
     {"sewa_frames_dropped_total", "ephemeral frames that a slow connection did not get"}},
    {Counter::kFramesLimited, {"sewa_frames_limited_total", "frames refused with rate_limited"}},
    {Counter::kBytesReceived, {"sewa_bytes_received_total", "bytes from clients, after TLS"}},
    {Counter::kBytesSent, {"sewa_bytes_sent_total", "bytes to clients, before TLS"}},
    {Counter::kMessagesStored, {"sewa_messages_stored_total", "new messages committed"}},
    {Counter::kEventsStored, {"sewa_events_stored_total", "events committed, messages included"}},
    {Counter::kDuplicatesAbsorbed,
     {"sewa_duplicates_absorbed_total",
      "repeated writes that were answered with the first result"}},
    {Counter::kEventsReplayed, {"sewa_events_replayed_total", "events sent to resuming sessions"}},
    {Counter::kTokensAccepted, {"sewa_tokens_total", "tokens by result", "result", "accepted"}},
    {Counter::kTokensExpired, {"sewa_tokens_total", "tokens by result", "result", "expired"}},
    {Counter::kTokensRefused, {"sewa_tokens_total", "tokens by result", "result", "refused"}},
    {Counter::kTicketsIssued, {"sewa_tickets_issued_total", "connection tickets issued"}},
    {Counter::kTicketsRefused,
     {"sewa_tickets_refused_total", "connection tickets unknown, used, ended or above the limit"}},
    {Counter::kHttpRequests, {"sewa_http_requests_total", "REST requests answered"}},
    {Counter::kRequestsLimited,
     {"sewa_http_requests_limited_total", "REST requests refused with rate_limited"}},
    {Counter::kWritesLimited,
     {"sewa_writes_limited_total", "writes refused because of their user or conversation"}},
    {Counter::kStoreTransactions,
     {"sewa_store_transactions_total", "write transactions committed"}},
    {Counter::kStoreRefused,
     {"sewa_store_refused_total", "writes refused because the queue was full"}},
    {Counter::kStoreFailures,
     {"sewa_store_failures_total", "write transactions that failed; their writes were refused"}},
    {Counter::kStoreCheckpoints,
     {"sewa_store_checkpoints_total", "checkpoints of the write-ahead log"}},
    {Counter::kSearchFailures,
     {"sewa_search_failures_total", "steps of the search index that failed and were tried again"}},
    {Counter::kMailRefused,
     {"sewa_mail_refused_total", "mail between shards refused because a box was full"}},
    {Counter::kKeyReloads,
     {"sewa_key_reloads_total", "reloads of secret and key files", "result", "good"}},
    {Counter::kKeyReloadFailures,
     {"sewa_key_reloads_total", "reloads of secret and key files", "result", "failed"}},
    {Counter::kWebhooksDelivered,
     {"sewa_webhook_posts_total", "posts to the receiver of webhooks", "result", "taken"}},
    {Counter::kWebhooksFailed,
     {"sewa_webhook_posts_total", "posts to the receiver of webhooks", "result", "failed"}},
    {Counter::kRefusedWrites,
     {"sewa_table_refused_total", "what a full queue or table refused", "table",
      "writes_under_way"}},
    {Counter::kRefusedReads,
     {"sewa_table_refused_total", "what a full queue or table refused", "table", "reads_waiting"}},
    {Counter::kRefusedStoreReads,
     {"sewa_table_refused_total", "what a full queue or table refused", "table", "store_reads"}},
    {Counter::kRefusedAudiences,
     {"sewa_table_refused_total", "what a full queue or table refused", "table", "audiences"}},
    {Counter::kRefusedTyping,
     {"sewa_table_refused_total", "what a full queue or table refused", "table", "typing"}},
    {Counter::kRefusedUploads,
     {"sewa_table_refused_total", "what a full queue or table refused", "table", "uploads"}},
    {Counter::kRefusedPasswords,
     {"sewa_table_refused_total", "what a full queue or table refused", "table", "passwords"}},
}};

inline constexpr std::array<MetricRow<Gauge>, index_of(Gauge::kCount)> kGauges = {{
    {Gauge::kConnections, {"sewa_connections", "open TCP connections"}},
    {Gauge::kSessions, {"sewa_sessions", "authenticated sessions"}},
    {Gauge::kUsersOnline, {"sewa_users_online", "users with a live lease on this node"}},
    {Gauge::kTypingEntries, {"sewa_typing_entries", "live typing entries"}},
    {Gauge::kOutboxBytes,
     {"sewa_outbox_bytes", "bytes in outgoing queues, 64 counted for each frame"}},
    {Gauge::kStoreQueue, {"sewa_store_queue", "writes that wait for the disk"}},
    {Gauge::kStoreWalBytes, {"sewa_store_wal_bytes", "size of the write-ahead log"}},
    {Gauge::kTicketsWaiting, {"sewa_tickets_waiting", "connection tickets issued and not used"}},
    {Gauge::kLogPosition, {"sewa_log_position", "newest committed position of the log"}},
    {Gauge::kSearchPosition,
     {"sewa_search_position", "position up to which the search index has the log"}},
    {Gauge::kWebhookLag,
     {"sewa_webhook_lag", "positions of the log that the receiver of webhooks has not taken"}},
    {Gauge::kWritesUnderWay,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "writes_under_way"}},
    {Gauge::kReadsWaiting,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "reads_waiting"}},
    {Gauge::kAudiences,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "audiences"}},
    {Gauge::kListeners,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "listeners"}},
    {Gauge::kWriteLimits,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "write_limits"}},
    {Gauge::kDeliveredMarkers,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "delivered_markers"}},
    {Gauge::kRequestLimits,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "request_limits"}},
    {Gauge::kUploads,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "uploads"}},
    {Gauge::kPasswordsWaiting,
     {"sewa_table_entries", "entries of a bounded queue or table", "table", "passwords"}},
}};

inline constexpr std::array<MetricRow<Histogram>, index_of(Histogram::kCount)> kHistograms = {{
    {Histogram::kAckSeconds,
     {"sewa_ack_seconds", "from a decoded write to its queued acknowledgement"}},
    {Histogram::kCommitSeconds, {"sewa_store_commit_seconds", "duration of one write transaction"}},
    {Histogram::kHttpSeconds, {"sewa_http_seconds", "from a parsed request to its response"}},
    {Histogram::kBatchWrites, {"sewa_store_batch_writes", "writes in one transaction"}},
}};

// Families that follow the protocol's own tables (errors.json).
inline constexpr MetricInfo kErrorsInfo = {"sewa_errors_total", "errors sent to clients", "code"};
inline constexpr MetricInfo kClosesInfo = {"sewa_connections_closed_total",
                                           "WebSocket connections that this server closed", "code"};

template <typename Rows>
constexpr bool in_order(Rows const& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (index_of(rows[i].key) != i) return false;
    }
    return true;
}

static_assert(in_order(kCounters) && in_order(kGauges) && in_order(kHistograms));

}  // namespace sewa::observe
