#include "app/options.h"

#include <malloc.h>

#include <algorithm>
#include <limits>

#include "auth/api_key.h"

namespace sewa::app {

namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kPageBytes = 4096;

session::SessionLimits session_limits(config::Config const& config) {
    session::SessionLimits limits;
    auto const& from = config.limits;
    limits.frames_per_minute = static_cast<std::uint32_t>(from.frames_per_minute);
    limits.frame_burst = static_cast<std::uint32_t>(from.frame_burst);
    limits.malformed_max = static_cast<std::uint32_t>(from.malformed_frames);
    limits.frame_bytes_max = static_cast<std::size_t>(from.frame_bytes);
    limits.content_chars_max = static_cast<std::size_t>(from.content_chars);
    limits.replay_page = static_cast<std::uint32_t>(from.replay_page);
    limits.replay_queue_bytes = static_cast<std::size_t>(from.outbox_bytes) / 2;
    limits.auth_timeout_ms = from.auth_timeout_s * 1000;
    limits.ping_interval_ms = config.presence.ping_interval_s * 1000;
    limits.lease_ms = config.presence.lease_s * 1000;
    return limits;
}

// A quarter of a minute's worth at once.
RateLimit rate_limit(std::int64_t per_minute) {
    auto const rate = static_cast<std::uint32_t>(per_minute);
    return {.per_minute = rate, .burst = std::max(rate / 4, 1U)};
}

// What a crowd that came at once has left behind goes back to the system. Takes less than a
// millisecond, in which threads that want memory wait.
void give_memory_back() {
    malloc_trim(0);
}

store::sqlite::SqliteStoreOptions store_options(config::Config const& config) {
    store::sqlite::SqliteStoreOptions options;
    options.folder = config.data_dir;
    options.batch_max = static_cast<std::size_t>(config.store.batch_max);
    options.write_queue_max = static_cast<std::size_t>(config.store.queue_max);
    options.retention_ms = config.store.event_retention_days * kDayMs;
    options.engine.cache_bytes = config.store.cache_mib << 20;
    auto const window_minutes = config.delete_window_minutes;
    options.engine.limits.delete_window_ms =
        window_minutes == 0 ? std::numeric_limits<std::int64_t>::max() : window_minutes * 60'000;
    options.engine.limits.group_participants_max =
        static_cast<std::size_t>(config.limits.group_participants);
    options.checkpoint.wal_bytes_soft = config.store.checkpoint_pages * kPageBytes;
    options.checkpoint.wal_bytes_hard =
        std::max(options.checkpoint.wal_bytes_hard, 3 * options.checkpoint.wal_bytes_soft);
    options.reads.threads = static_cast<std::size_t>(config.store.readers);
    options.on_idle = give_memory_back;
    return options;
}

void set_attachments(Options& options, config::Attachments const& from) {
    auto& limits = options.attachments;
    limits.bytes_max = static_cast<std::uint64_t>(from.bytes_max);
    limits.owner_bytes_max = from.user_mib << 20;
    limits.uploads_max = static_cast<std::size_t>(from.uploads_max);
    options.link_ms = from.link_minutes * 60'000;
    options.unsent_ms = from.unsent_hours * 3'600'000;
    options.store.engine.limits.attachments_max = static_cast<std::size_t>(from.per_message);
}

}  // namespace

Options options_from(config::Config const& config) {
    Options options;
    options.hub.connections_per_user =
        static_cast<std::uint32_t>(config.limits.connections_per_user);
    options.hub.connects = rate_limit(config.limits.user_connects_per_minute);
    options.hub.offline_grace_ms = config.presence.offline_grace_s * 1000;
    options.typing.ttl_ms = config.typing.ttl_ms;
    options.typing.throttle_ms = config.typing.throttle_ms;
    options.session = session_limits(config);
    options.api.content_chars_max = options.session.content_chars_max;
    options.api.body_bytes_max = static_cast<std::size_t>(config.limits.http_body_bytes);
    options.hub.writes.per_user = rate_limit(config.limits.user_writes_per_minute);
    options.hub.writes.per_conversation =
        rate_limit(config.limits.conversation_messages_per_minute);
    options.address_requests = rate_limit(config.limits.address_requests_per_minute);
    options.requests = rate_limit(config.limits.requests_per_minute);
    options.key_requests.per_minute =
        static_cast<std::uint32_t>(config.limits.key_requests_per_minute);
    options.key_requests.burst = std::max(1U, options.key_requests.per_minute / 10);
    options.key_requests.keys_max = auth::kApiKeysMax;
    options.tickets.tickets_max = static_cast<std::size_t>(config.limits.tickets_max);
    options.connection.queue_bytes_max = static_cast<std::size_t>(config.limits.outbox_bytes);
    options.connection.queue_low_water_bytes = options.connection.queue_bytes_max / 4;
    options.http.parser.header_bytes_max =
        static_cast<std::size_t>(config.limits.http_header_bytes);
    options.http.cors = http::Cors(config.origins);
    options.codec.message_bytes_max = static_cast<std::uint64_t>(config.limits.frame_bytes);
    options.store = store_options(config);
    set_attachments(options, config.attachments);
    return options;
}

}  // namespace sewa::app
