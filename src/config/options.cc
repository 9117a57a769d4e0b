#include "config/options.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

namespace sewa::config {
namespace {

template <auto Field>
auto& top(Config& config) {
    return config.*Field;
}

template <auto Section, auto Field>
auto& in(Config& config) {
    return config.*Section.*Field;
}

constexpr std::int64_t kMany = 1'000'000'000;

constexpr std::array<std::string_view, 4> kAlgorithms = {"HS256", "RS256", "ES256", "EdDSA"};
constexpr std::array<std::string_view, 5> kLevels = {"debug", "info", "warn", "error", "off"};
constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};

constexpr std::array<std::string_view, 6> kWebhookTypes = {
    "message", "message_updated", "message_deleted", "reaction", "read", "conversation"};

constexpr auto kJwt = &Config::jwt;
constexpr auto kLimits = &Config::limits;
constexpr auto kStore = &Config::store;

// clang-format off
constexpr std::array kOptions = {
    Option{"listen", "--listen", TextSetting{top<&Config::listen>, TextKind::kAddress},
           "address and port of WebSocket, REST and the web app; port 0 takes a free one"},
    Option{"data_dir", "--data", TextSetting{top<&Config::data_dir>, TextKind::kNotEmpty},
           "folder of the database and the attachments"},
    Option{"demo", "--demo", BoolSetting{top<&Config::demo>},
           "people and conversations to try, login without a password; loopback only"},
    Option{"shards", "--shards", IntSetting{top<&Config::shards>, 0, 256, Zero::kMeansAutomatic},
           "event loops; 0: one for each core"},
    Option{"drain_s", "", IntSetting{top<&Config::drain_s>, 0, 3600},
           "time that clients get to leave at shutdown"},
    Option{"web_dir", "--web", TextSetting{top<&Config::web_dir>, TextKind::kPath},
           "folder of a web app to serve instead of the one in the program"},
    Option{"origins", "--origin", ListSetting{top<&Config::origins>},
           "web origins that may connect besides the server's own, such as https://shop.example"},
    Option{"trusted_proxies", "", ListSetting{top<&Config::trusted_proxies>},
           "numeric addresses of proxies whose X-Forwarded-For is believed; loopback always is"},
    Option{"delete_window_minutes", "",
           IntSetting{top<&Config::delete_window_minutes>, 0, 525'600, Zero::kMeansNoLimit},
           "how long a sender can delete a message for everyone"},

    Option{"tls.cert_file", "--tls-cert",
           TextSetting{in<&Config::tls, &Tls::cert_file>, TextKind::kPath},
           "certificate chain in PEM; with tls.key_file the server speaks TLS itself"},
    Option{"tls.key_file", "--tls-key",
           TextSetting{in<&Config::tls, &Tls::key_file>, TextKind::kPath},
           "private key in PEM"},

    Option{"jwt.algorithms", "", ListSetting{in<kJwt, &Jwt::algorithms>, kAlgorithms},
           "signature algorithms that tokens may use"},
    Option{"jwt.secret_file", "--jwt-secret-file",
           TextSetting{in<kJwt, &Jwt::secret_file>, TextKind::kPath},
           "file with the secret of HS256, at least 32 bytes; read again when it changes"},
    Option{"jwt.jwks_file", "--jwks-file",
           TextSetting{in<kJwt, &Jwt::jwks_file>, TextKind::kPath},
           "JSON Web Key Set with the public keys; read again when it changes"},
    Option{"jwt.issuer", "", TextSetting{in<kJwt, &Jwt::issuer>},
           "required `iss` of tokens; empty: not checked"},
    Option{"jwt.audience", "", TextSetting{in<kJwt, &Jwt::audience>},
           "required `aud` of tokens; empty: not checked"},
    Option{"jwt.leeway_s", "", IntSetting{in<kJwt, &Jwt::leeway_s>, 0, 60},
           "difference between the issuer's clock and ours that is forgiven"},
    Option{"jwt.user_claim", "",
           TextSetting{in<kJwt, &Jwt::user_claim>, TextKind::kNotEmpty},
           "claim that names the user"},

    Option{"accounts.enabled", "--accounts",
           BoolSetting{in<&Config::accounts, &Accounts::enabled>},
           "people register and log in here, at /api/auth/; the server issues the tokens"},
    Option{"accounts.access_minutes", "",
           IntSetting{in<&Config::accounts, &Accounts::access_minutes>, 1, 1'440},
           "life of an access token of a built-in account"},
    Option{"accounts.refresh_days", "",
           IntSetting{in<&Config::accounts, &Accounts::refresh_days>, 1, 365},
           "a login that is not used for so long ends"},
    Option{"accounts.attempts_per_account", "",
           IntSetting{in<&Config::accounts, &Accounts::attempts_per_account>, 0, kMany,
                      Zero::kMeansNoLimit},
           "logins in a minute with one name"},
    Option{"accounts.attempts_per_address", "",
           IntSetting{in<&Config::accounts, &Accounts::attempts_per_address>, 0, kMany,
                      Zero::kMeansNoLimit},
           "requests to /api/auth/ in a minute from one address"},

    Option{"webhooks.url", "", TextSetting{in<&Config::webhooks, &Webhooks::url>},
           "where every event is posted to; empty: nowhere"},
    Option{"webhooks.secret_file", "",
           TextSetting{in<&Config::webhooks, &Webhooks::secret_file>, TextKind::kPath},
           "file with the secret that signs webhooks, at least 32 bytes"},
    Option{"webhooks.ca_file", "",
           TextSetting{in<&Config::webhooks, &Webhooks::ca_file>, TextKind::kPath},
           "certificates in PEM that the receiver's may come from; empty: the system's"},
    Option{"webhooks.types", "",
           ListSetting{in<&Config::webhooks, &Webhooks::types>, kWebhookTypes},
           "types of events that are posted; empty: all"},
    Option{"webhooks.timeout_s", "",
           IntSetting{in<&Config::webhooks, &Webhooks::timeout_s>, 1, 300},
           "time for one post, connecting included"},
    Option{"webhooks.backoff_ms", "",
           IntSetting{in<&Config::webhooks, &Webhooks::backoff_ms>, 1, 3'600'000},
           "wait after the first failure; doubles with each further one"},
    Option{"webhooks.backoff_max_s", "",
           IntSetting{in<&Config::webhooks, &Webhooks::backoff_max_s>, 1, 86'400},
           "longest wait between two attempts"},

    Option{"limits.connections_max", "",
           IntSetting{in<kLimits, &Limits::connections_max>, 1, 10'000'000},
           "connections of this process; more are refused with 503"},
    Option{"limits.connections_per_user", "",
           IntSetting{in<kLimits, &Limits::connections_per_user>, 0, 10'000, Zero::kMeansNoLimit},
           "connections of one user; one more is closed with 4504"},
    Option{"limits.user_connects_per_minute", "",
           IntSetting{in<kLimits, &Limits::user_connects_per_minute>, 0, kMany,
                      Zero::kMeansNoLimit},
           "times that one user who is online may connect again; a quarter of it at once; one more "
           "is closed with 4008"},
    Option{"limits.frames_per_minute", "",
           IntSetting{in<kLimits, &Limits::frames_per_minute>, 0, kMany, Zero::kMeansNoLimit},
           "frames that one connection may send"},
    Option{"limits.frame_burst", "",
           IntSetting{in<kLimits, &Limits::frame_burst>, 1, 1'000'000},
           "frames that one connection may send at once"},
    Option{"limits.frame_bytes", "",
           IntSetting{in<kLimits, &Limits::frame_bytes>, 1'024, 16'777'216},
           "largest message of a client; a larger one closes 1009"},
    Option{"limits.malformed_frames", "",
           IntSetting{in<kLimits, &Limits::malformed_frames>, 1, 1'000},
           "malformed frames until a connection is closed with 4500"},
    Option{"limits.content_chars", "",
           IntSetting{in<kLimits, &Limits::content_chars>, 1, 1'000'000},
           "longest text of a message, in Unicode code points"},
    Option{"limits.outbox_bytes", "",
           IntSetting{in<kLimits, &Limits::outbox_bytes>, 65'536, 1'073'741'824},
           "bytes that wait for one slow connection until it is closed with 4009"},
    Option{"limits.replay_page", "", IntSetting{in<kLimits, &Limits::replay_page>, 1, 10'000},
           "events in one page of a replay"},
    Option{"limits.group_participants", "",
           IntSetting{in<kLimits, &Limits::group_participants>, 2, 100'000},
           "participants of one group"},
    Option{"limits.requests_per_minute", "",
           IntSetting{in<kLimits, &Limits::requests_per_minute>, 0, kMany, Zero::kMeansNoLimit},
           "REST requests of one user"},
    Option{"limits.address_requests_per_minute", "",
           IntSetting{in<kLimits, &Limits::address_requests_per_minute>, 0, kMany,
                      Zero::kMeansNoLimit},
           "REST requests from one address, the first 64 bits of it for IPv6"},
    Option{"limits.user_writes_per_minute", "",
           IntSetting{in<kLimits, &Limits::user_writes_per_minute>, 0, kMany, Zero::kMeansNoLimit},
           "messages, edits, deletions and reactions of one user over all connections"},
    Option{"limits.conversation_messages_per_minute", "",
           IntSetting{in<kLimits, &Limits::conversation_messages_per_minute>, 0, kMany,
                      Zero::kMeansNoLimit},
           "messages of all participants in one conversation"},
    Option{"limits.key_requests_per_minute", "",
           IntSetting{in<kLimits, &Limits::key_requests_per_minute>, 0, kMany, Zero::kMeansNoLimit},
           "requests with one API key"},
    Option{"limits.http_header_bytes", "",
           IntSetting{in<kLimits, &Limits::http_header_bytes>, 8'192, 1'048'576},
           "request line and headers of one HTTP request"},
    Option{"limits.http_body_bytes", "",
           IntSetting{in<kLimits, &Limits::http_body_bytes>, 1'024, 1'073'741'824},
           "body of one HTTP request; attachments have their own limit"},
    Option{"limits.auth_timeout_s", "",
           IntSetting{in<kLimits, &Limits::auth_timeout_s>, 1, 300},
           "time for the first auth frame of a connection without a token"},
    Option{"limits.tickets_max", "",
           IntSetting{in<kLimits, &Limits::tickets_max>, 1, 10'000'000},
           "connection tickets issued within 30 s"},

    Option{"presence.lease_s", "",
           IntSetting{in<&Config::presence, &Presence::lease_s>, 2, 86'400},
           "a connection without any sign of life for so long is closed with 4011"},
    Option{"presence.offline_grace_s", "",
           IntSetting{in<&Config::presence, &Presence::offline_grace_s>, 0, 3'600},
           "time between the last connection's end and `offline`"},
    Option{"presence.ping_interval_s", "",
           IntSetting{in<&Config::presence, &Presence::ping_interval_s>, 1, 86'400},
           "interval of WebSocket pings"},

    Option{"typing.ttl_ms", "", IntSetting{in<&Config::typing, &Typing::ttl_ms>, 100, 600'000},
           "life of a typing entry without a renewal"},
    Option{"typing.throttle_ms", "",
           IntSetting{in<&Config::typing, &Typing::throttle_ms>, 0, 600'000},
           "at most one typing frame of a user and conversation is relayed in this time"},

    Option{"store.event_retention_days", "",
           IntSetting{in<kStore, &Store::event_retention_days>, 1, 36'500},
           "how long events that are not messages are kept for resuming clients"},
    Option{"store.batch_max", "", IntSetting{in<kStore, &Store::batch_max>, 1, 100'000},
           "writes that share one transaction"},
    Option{"store.queue_max", "", IntSetting{in<kStore, &Store::queue_max>, 1, 10'000'000},
           "writes that wait for the disk; more are refused with `unavailable`"},
    Option{"store.readers", "", IntSetting{in<kStore, &Store::readers>, 1, 64},
           "threads that read from the database"},
    Option{"store.cache_mib", "", IntSetting{in<kStore, &Store::cache_mib>, 1, 65'536},
           "page cache of each database connection"},
    Option{"store.checkpoint_pages", "",
           IntSetting{in<kStore, &Store::checkpoint_pages>, 100, 10'000'000},
           "pages in the write-ahead log from which a checkpoint starts in the background"},

    Option{"attachments.bytes_max", "",
           IntSetting{in<&Config::attachments, &Attachments::bytes_max>, 1, 1'073'741'824},
           "largest upload"},
    Option{"attachments.per_message", "",
           IntSetting{in<&Config::attachments, &Attachments::per_message>, 0, 10},
           "attachments of one message"},
    Option{"attachments.user_mib", "",
           IntSetting{in<&Config::attachments, &Attachments::user_mib>, 0, kMany,
                      Zero::kMeansNoLimit},
           "attachments of one user together, in MiB"},
    Option{"attachments.uploads_max", "",
           IntSetting{in<&Config::attachments, &Attachments::uploads_max>, 1, 100'000},
           "uploads at the same time, of everybody; 16 of one user"},
    Option{"attachments.unsent_hours", "",
           IntSetting{in<&Config::attachments, &Attachments::unsent_hours>, 1, 8'760},
           "an upload that no message carries is removed after so long"},
    Option{"attachments.link_minutes", "",
           IntSetting{in<&Config::attachments, &Attachments::link_minutes>, 1, 10'080},
           "how long a link to an attachment works without a login"},

    Option{"metrics.listen", "--metrics-listen",
           TextSetting{in<&Config::metrics, &Metrics::listen>, TextKind::kAddressOrEmpty},
           "address and port of /metrics; empty: none"},

    Option{"log.level", "--log-level", TextSetting{in<&Config::log, &Log::level>, {}, kLevels},
           "least severe level that is written"},
    Option{"log.format", "--log-format", TextSetting{in<&Config::log, &Log::format>, {}, kFormats},
           "one line of text or one JSON object for each event"},
    Option{"log.repeats_per_second", "",
           IntSetting{in<&Config::log, &Log::repeats_per_second>, 1, 1'000'000},
           "lines of one event that peers can trigger; the rest is counted in a summary"},
};
// clang-format on

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

}  // namespace

std::span<Option const> options() {
    return kOptions;
}

Option const* find_option(std::string_view key) {
    auto const found = std::find_if(kOptions.begin(), kOptions.end(),
                                    [key](Option const& option) { return option.key == key; });
    return found == kOptions.end() ? nullptr : &*found;
}

std::string environment_name(Option const& option) {
    std::string name = "SEWA_";
    for (unsigned char const c : option.key) {
        name += c == '.' ? '_' : static_cast<char>(std::toupper(c));
    }
    return name;
}

std::string_view nearest_key(std::string_view unknown) {
    // A longer one is no typing error, and the distance costs the product of the lengths.
    constexpr std::size_t kLengthMax = 100;
    if (unknown.size() > kLengthMax) return {};
    std::string_view nearest;
    std::size_t nearest_distance = std::max<std::size_t>(2, unknown.size() / 4) + 1;
    for (auto const& option : kOptions) {
        auto const whole = edit_distance(unknown, option.key);
        // "frames_per_minute" without its section, or in a wrong one.
        auto const part = 1 + edit_distance(last_part(unknown), last_part(option.key));
        auto const distance = std::min(whole, part);
        if (distance >= nearest_distance) continue;
        nearest = option.key;
        nearest_distance = distance;
    }
    return nearest;
}

}  // namespace sewa::config
