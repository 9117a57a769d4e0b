#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "store/read.h"

namespace sewa::wire {

// The JSON objects of REST (PROTOCOL section 8). Appending functions, so that lists build in one
// buffer. `viewer` is the one who asks: unread, own flags and the other side depend on it.

void append_message_object(std::string& out, store::MessageView const& message,
                           std::vector<store::Marker> const& markers, UserId viewer);
// A message object with `highlights: [[begin, end], …]`.
void append_search_hit(std::string& out, store::SearchHit const& hit,
                       std::vector<store::Marker> const& markers, UserId viewer);
void append_conversation_object(std::string& out, store::ConversationView const& view,
                                UserId viewer);
// The object without `latest_messages` and its closing brace, for callers that add keys.
void open_conversation_object(std::string& out, store::ConversationView const& view, UserId viewer);

void append_service(std::string& out, Service const& service);

std::string encode_message_list(store::MessagePage const& page,
                                std::vector<store::Marker> const& markers, UserId viewer);

// `{count, next, previous, results: […]}`; `results` is a JSON array. Empty links are null.
struct ListLinks {
    std::string next;
    std::string previous;
};
std::string encode_list(std::uint64_t count, ListLinks const& links, std::string_view results);

std::string encode_events(store::EventsPage const& page);
std::string encode_presence(std::vector<store::Presence> const& people,
                            std::vector<UserId> const& online);

// What an export says of a conversation: `{id, kind, title, service_id, has_left}`.
std::string encode_membership(store::PersonExport::Membership const& membership);

// `{code, message, field?, detail, retry_after_ms?}`.
std::string encode_rest_error(Error const& error);

}  // namespace sewa::wire
