#include "app/webhooks.h"

#include <fmt/format.h>

#include "auth/secret.h"
#include "core/time_text.h"
#include "wire/encode.h"

namespace sewa::app {

namespace {

std::string time_json(WallMs time) {
    return time == WallMs{} ? "null" : "\"" + to_iso8601(time) + "\"";
}

std::string text_json(std::string_view text) {
    if (text.empty()) return "null";
    std::string json;
    wire::append_json_string(json, text);
    return json;
}

}  // namespace

Result<std::unique_ptr<webhook::Sender>> open_webhooks(config::Config const& config,
                                                       store::Store& store, Clock const& clock) {
    auto const& from = config.webhooks;
    if (from.url.empty()) return std::unique_ptr<webhook::Sender>();
    webhook::SenderOptions options;
    SEWA_TRY(options.endpoint, webhook::parse_endpoint(from.url));
    SEWA_TRY(options.secret, auth::read_secret_file(from.secret_file));
    options.post.timeout = std::chrono::seconds(from.timeout_s);
    options.post.ca_file = from.ca_file;
    options.types = from.types;
    options.backoff_first_ms = from.backoff_ms;
    options.backoff_max_ms = from.backoff_max_s * 1000;
    return webhook::Sender::open(store, clock, std::move(options));
}

std::string webhooks_json(webhook::Sender const* sender) {
    if (sender == nullptr) return R"({"url":null})";
    auto const state = sender->state();
    std::string json = R"({"url":)" + text_json(state.url);
    json += fmt::format(R"(,"cursor":{},"head":{},"waiting":{},"delivered":{},"failed":{})",
                        state.cursor.value, state.head.value, state.head.value - state.cursor.value,
                        state.delivered, state.failed);
    json += fmt::format(R"(,"attempts":{},"last_error":{},"last_success_at":{},)"
                        R"("next_attempt_at":{}}})",
                        state.attempts, text_json(state.last_error),
                        time_json(state.last_success_at), time_json(state.next_attempt_at));
    return json;
}

}  // namespace sewa::app
