#include "wire/rest_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/time_text.h"
#include "wire/attachments.h"
#include "wire/encode.h"

namespace sewa::wire {

namespace {

class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }

    void raw(std::string_view key, std::string_view json) {
        open_key(key);
        out_ += json;
    }
    void text(std::string_view key, std::string_view value) {
        open_key(key);
        append_json_string(out_, value);
    }
    void text_or_null(std::string_view key, std::string_view value) {
        value.empty() ? raw(key, "null") : text(key, value);
    }
    void integer(std::string_view key, std::int64_t value) { raw(key, fmt::to_string(value)); }
    void boolean(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
    void time(std::string_view key, WallMs value) { text(key, to_iso8601(value)); }
    // For values that append themselves.
    std::string& open_key(std::string_view key) {
        if (out_.back() != '{') out_ += ',';
        out_ += '"';
        out_ += key;
        out_ += "\":";
        return out_;
    }
    void close() { out_ += '}'; }

private:
    std::string& out_;
};

template <typename Items, typename Append>
void append_array(std::string& out, Items const& items, Append append) {
    out += '[';
    for (auto const& item : items) {
        if (out.back() != '[') out += ',';
        append(item);
    }
    out += ']';
}

void append_reactions(std::string& out, std::vector<store::ReactionCount> const& reactions) {
    append_array(out, reactions, [&](store::ReactionCount const& reaction) {
        ObjectWriter object(out);
        object.text("emoji", reaction.emoji);
        append_array(object.open_key("user_ids"), reaction.users,
                     [&](UserId user) { out += fmt::to_string(user.value); });
        object.close();
    });
}

bool has_read(store::Marker const& marker, store::MessageView const& message) {
    return marker.user != message.sender && marker.read_up_to >= message.conv_seq;
}

void append_read_statuses(std::string& out, store::MessageView const& message,
                          std::vector<store::Marker> const& markers) {
    std::vector<store::Marker> readers;
    std::copy_if(markers.begin(), markers.end(), std::back_inserter(readers),
                 [&](auto const& marker) { return has_read(marker, message); });
    append_array(out, readers, [&](store::Marker const& marker) {
        ObjectWriter object(out);
        object.integer("user_id", marker.user.value);
        object.boolean("is_read", true);
        object.close();
    });
}

// To the sender: somebody else has read it. To others: they have.
bool is_read_for(UserId viewer, store::MessageView const& message,
                 std::vector<store::Marker> const& markers) {
    return std::any_of(markers.begin(), markers.end(), [&](auto const& marker) {
        return has_read(marker, message) && (viewer == message.sender || viewer == marker.user);
    });
}

Person const* find_person(store::ConversationView const& view, UserId id) {
    auto const found = std::find_if(view.participants.begin(), view.participants.end(),
                                    [&](Person const& person) { return person.id == id; });
    return found == view.participants.end() ? nullptr : &*found;
}

void append_person_or_null(std::string& out, Person const* person) {
    person == nullptr ? static_cast<void>(out += "null") : append_person(out, *person);
}

Person const* other_participant(store::ConversationView const& view, UserId viewer) {
    if (view.kind == ConversationKind::kGroup) return nullptr;
    return find_person(view, viewer == view.customer ? view.provider : view.customer);
}

// The message's text, shortened for a list. `data` is this server's own encoding.
std::string preview_json(store::MessageView const& message) {
    constexpr std::string_view kKey = R"("content":")";
    constexpr std::size_t kBytesMax = 160;
    auto const from = message.data.find(kKey);
    if (from == std::string::npos) return "\"\"";
    auto const begin = from + kKey.size();
    auto end = begin;
    while (end < message.data.size() && message.data[end] != '"' && end - begin < kBytesMax) {
        auto const step = message.data[end] == '\\' ? (message.data[end + 1] == 'u' ? 6 : 2) : 1;
        end += static_cast<std::size_t>(step);
    }
    // Not in the middle of a character.
    while (end > begin && (message.data[end] & 0xC0) == 0x80) --end;
    return "\"" + message.data.substr(begin, end - begin) + "\"";
}

void append_markers(std::string& out, std::vector<store::Marker> const& markers) {
    append_array(out, markers, [&](store::Marker const& marker) {
        ObjectWriter object(out);
        object.integer("user_id", marker.user.value);
        object.integer("read_up_to", marker.read_up_to.value);
        object.integer("delivered_up_to", marker.delivered_up_to.value);
        object.close();
    });
}

store::Marker own_marker(store::ConversationView const& view, UserId viewer) {
    auto const found = std::find_if(view.markers.begin(), view.markers.end(),
                                    [&](auto const& marker) { return marker.user == viewer; });
    return found == view.markers.end() ? store::Marker{} : *found;
}

void write_people(ObjectWriter& object, store::ConversationView const& view, UserId viewer,
                  std::string& out) {
    append_array(object.open_key("participants"), view.participants,
                 [&](Person const& person) { append_person(out, person); });
    object.integer("participants_count", view.participant_count);
    object.open_key("service");
    view.service ? append_service(out, *view.service) : static_cast<void>(out += "null");
    append_person_or_null(object.open_key("provider"), find_person(view, view.provider));
    append_person_or_null(object.open_key("customer"), find_person(view, view.customer));
    append_person_or_null(object.open_key("other_participant"), other_participant(view, viewer));
}

void write_last_message(ObjectWriter& object, store::ConversationView const& view, UserId viewer) {
    if (!view.last_message) {
        object.raw("last_message_at", "null");
        object.text("last_message_preview", "");
        object.raw("last_message", "null");
        return;
    }
    object.time("last_message_at", view.last_message->created_at);
    object.raw("last_message_preview", preview_json(*view.last_message));
    append_message_object(object.open_key("last_message"), *view.last_message, view.markers,
                          viewer);
}

void write_state(ObjectWriter& object, store::ConversationView const& view) {
    object.boolean("is_active", view.is_active);
    object.boolean("is_blocked", view.is_blocked);
    object.boolean("is_archived", view.is_archived);
    object.boolean("is_pinned", view.is_pinned);
    object.boolean("is_muted", view.is_muted);
    object.boolean("provider_archived", view.provider_archived);
    object.boolean("customer_archived", view.customer_archived);
    object.integer("unread_count", view.unread_count);
    object.integer("last_conv_seq", view.last_conv_seq.value);
}

}  // namespace

void append_service(std::string& out, Service const& service) {
    ObjectWriter object(out);
    object.integer("id", service.id.value);
    object.text("title", service.title);
    object.text("category", service.category);
    object.text_or_null("slug", service.slug);
    object.text_or_null("price", service.price);
    object.close();
}

void append_message_object(std::string& out, store::MessageView const& message,
                           std::vector<store::Marker> const& markers, UserId viewer) {
    out.append(message.data, 0, message.data.size() - 1);
    auto const first = first_attachment(message.data);
    fmt::format_to(std::back_inserter(out),
                   R"(,"attachment":{},"attachment_url":{},"read_statuses":)", first.object,
                   first.url);
    append_read_statuses(out, message, markers);
    fmt::format_to(std::back_inserter(out),
                   R"(,"is_read":{},"is_flagged":{},"is_deleted":{},"deletion_type":{},)"
                   R"("is_deleted_for_user":{},"edited_at":{},"rev":{},"reactions":)",
                   is_read_for(viewer, message, markers), message.is_flagged, message.is_deleted,
                   message.is_deleted            ? "\"everyone\""
                   : message.is_deleted_for_user ? "\"self\""
                                                 : "null",
                   message.is_deleted || message.is_deleted_for_user,
                   message.edited_at ? "\"" + to_iso8601(*message.edited_at) + "\"" : "null",
                   message.rev);
    append_reactions(out, message.reactions);
    out += '}';
}

void append_search_hit(std::string& out, store::SearchHit const& hit,
                       std::vector<store::Marker> const& markers, UserId viewer) {
    append_message_object(out, hit.message, markers, viewer);
    out.pop_back();
    out += R"(,"highlights":)";
    append_array(out, hit.highlights, [&](store::TextRange range) {
        fmt::format_to(std::back_inserter(out), "[{},{}]", range.begin, range.end);
    });
    out += '}';
}

void open_conversation_object(std::string& out, store::ConversationView const& view,
                              UserId viewer) {
    ObjectWriter object(out);
    object.integer("id", view.id.value);
    object.text("kind", to_text(view.kind));
    object.text("title", view.title);
    write_people(object, view, viewer, out);
    object.time("created_at", view.created_at);
    object.time("updated_at", view.updated_at);
    write_last_message(object, view, viewer);
    write_state(object, view);
    auto const own = own_marker(view, viewer);
    object.integer("read_up_to", own.read_up_to.value);
    object.integer("delivered_up_to", own.delivered_up_to.value);
    append_markers(object.open_key("read_markers"), view.markers);
}

void append_conversation_object(std::string& out, store::ConversationView const& view,
                                UserId viewer) {
    open_conversation_object(out, view, viewer);
    out += R"(,"latest_messages":[)";
    if (view.last_message) append_message_object(out, *view.last_message, view.markers, viewer);
    out += "]}";
}

std::string encode_message_list(store::MessagePage const& page,
                                std::vector<store::Marker> const& markers, UserId viewer) {
    std::string out;
    append_array(out, page.messages, [&](store::MessageView const& message) {
        append_message_object(out, message, markers, viewer);
    });
    return out;
}

std::string encode_list(std::uint64_t count, ListLinks const& links, std::string_view results) {
    std::string out;
    ObjectWriter object(out);
    object.integer("count", static_cast<std::int64_t>(count));
    object.text_or_null("next", links.next);
    object.text_or_null("previous", links.previous);
    object.raw("results", results);
    object.close();
    return out;
}

std::string encode_events(store::EventsPage const& page) {
    std::string out;
    ObjectWriter object(out);
    append_array(object.open_key("results"), page.frames,
                 [&](store::LoggedFrame const& logged) { out += logged.frame.payload(); });
    object.boolean("has_more", page.has_more);
    object.integer("last_conv_seq", page.last_conv_seq.value);
    object.boolean("snapshot_required", page.snapshot_required);
    object.close();
    return out;
}

std::string encode_presence(std::vector<store::Presence> const& people,
                            std::vector<UserId> const& online) {
    std::string out = R"({"users":)";
    append_array(out, people, [&](store::Presence const& entry) {
        ObjectWriter object(out);
        object.integer("user_id", entry.person.id.value);
        object.text("user_name", entry.person.name);
        object.boolean("is_online",
                       std::find(online.begin(), online.end(), entry.person.id) != online.end());
        object.text_or_null("last_seen", entry.last_seen ? to_iso8601(*entry.last_seen) : "");
        object.close();
    });
    out += '}';
    return out;
}

std::string encode_rest_error(Error const& error) {
    std::string out;
    ObjectWriter object(out);
    object.text("code", info(error.code).code);
    object.text("message", error.message);
    object.text("detail", error.message);
    if (!error.field.empty()) object.text("field", error.field);
    if (error.retry_after_ms != 0) object.integer("retry_after_ms", error.retry_after_ms);
    object.close();
    return out;
}

}  // namespace sewa::wire
