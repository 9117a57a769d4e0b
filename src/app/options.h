#pragma once

#include "api/call.h"
#include "api/request_limiter.h"
#include "api/upload_desk.h"
#include "auth/tickets.h"
#include "chat/hub.h"
#include "chat/typing.h"
#include "config/config.h"
#include "http/connection.h"
#include "net/connection.h"
#include "session/session_limits.h"
#include "store/sqlite/sqlite_store.h"
#include "ws/codec.h"

namespace sewa::app {

// The operator's configuration in the words of each module. Frozen.
struct Options {
    chat::HubLimits hub;
    chat::TypingLimits typing;
    session::SessionLimits session;
    api::ApiLimits api;
    api::RequestLimits requests;
    RateLimit address_requests;
    api::RequestLimits key_requests;  // Of the server-side API.
    auth::TicketLimits tickets;
    net::ConnectionOptions connection;
    http::HttpOptions http;
    ws::CodecOptions codec;
    store::sqlite::SqliteStoreOptions store;
    api::AttachmentLimits attachments;
    std::int64_t link_ms = 0;    // How long a signed link lasts.
    std::int64_t unsent_ms = 0;  // Until an upload that was not sent is removed.
};

Options options_from(config::Config const& config);

}  // namespace sewa::app
