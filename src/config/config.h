#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sewa::config {

// All that an operator can choose, with its defaults. Frozen after start. Keys, ranges and what
// each means to an operator stand in one table (options.cc); `load` fills it.

struct Tls {
    std::string cert_file;
    std::string key_file;
};

struct Jwt {
    std::vector<std::string> algorithms = {"HS256"};
    std::string secret_file;
    std::string jwks_file;
    std::string issuer;
    std::string audience;
    std::int64_t leeway_s = 5;
    std::string user_claim = "user_id";
};

struct Limits {
    std::int64_t connections_max = 100'000;
    std::int64_t connections_per_user = 20;
    std::int64_t user_connects_per_minute = 240;
    std::int64_t frames_per_minute = 120;
    std::int64_t frame_burst = 30;
    std::int64_t frame_bytes = 65'536;
    std::int64_t malformed_frames = 10;
    std::int64_t content_chars = 5'000;
    std::int64_t outbox_bytes = 262'144;
    std::int64_t replay_page = 500;
    std::int64_t group_participants = 10'000;
    std::int64_t requests_per_minute = 600;
    std::int64_t address_requests_per_minute = 6'000;
    std::int64_t user_writes_per_minute = 300;
    std::int64_t conversation_messages_per_minute = 1'200;
    std::int64_t key_requests_per_minute = 6'000;
    std::int64_t http_header_bytes = 16'384;
    std::int64_t http_body_bytes = 1'048'576;
    std::int64_t auth_timeout_s = 10;
    std::int64_t tickets_max = 100'000;
};

struct Presence {
    std::int64_t lease_s = 60;
    std::int64_t offline_grace_s = 12;
    std::int64_t ping_interval_s = 25;
};

struct Typing {
    std::int64_t ttl_ms = 6'000;
    std::int64_t throttle_ms = 3'000;
};

struct Store {
    std::int64_t event_retention_days = 30;
    std::int64_t batch_max = 512;
    std::int64_t queue_max = 65'536;
    std::int64_t readers = 2;
    std::int64_t cache_mib = 64;
    std::int64_t checkpoint_pages = 16'000;
};

struct Accounts {
    bool enabled = false;
    std::int64_t access_minutes = 15;
    std::int64_t refresh_days = 30;
    std::int64_t attempts_per_account = 10;
    std::int64_t attempts_per_address = 60;
};

struct Webhooks {
    std::string url;
    std::string secret_file;
    std::string ca_file;
    std::vector<std::string> types;
    std::int64_t timeout_s = 10;
    std::int64_t backoff_ms = 1'000;
    std::int64_t backoff_max_s = 300;
};

struct Attachments {
    std::int64_t bytes_max = 5'242'880;
    std::int64_t per_message = 10;
    std::int64_t user_mib = 1'024;
    std::int64_t uploads_max = 256;
    std::int64_t unsent_hours = 24;
    std::int64_t link_minutes = 360;
};

struct Metrics {
    std::string listen = "127.0.0.1:9464";
};

struct Log {
    std::string level = "info";
    std::string format = "text";
    std::int64_t repeats_per_second = 10;
};

struct Config {
    std::string listen = "127.0.0.1:8000";
    std::string data_dir = "data";
    bool demo = false;
    std::int64_t shards = 0;
    std::int64_t drain_s = 8;
    std::string web_dir;
    std::vector<std::string> origins;
    std::vector<std::string> trusted_proxies;
    std::int64_t delete_window_minutes = 15;
    Tls tls;
    Jwt jwt;
    Limits limits;
    Presence presence;
    Typing typing;
    Store store;
    Accounts accounts;
    Webhooks webhooks;
    Attachments attachments;
    Metrics metrics;
    Log log;
};

}  // namespace sewa::config
