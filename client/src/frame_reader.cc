#include "frame_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace sewa::client {
namespace {

namespace dom = simdjson::dom;
using Object = dom::object;

std::string text(Object object, std::string_view key) {
    std::string_view value;
    if (object[key].get(value)) return {};
    return std::string(value);
}

std::int64_t number(Object object, std::string_view key) {
    std::int64_t value = 0;
    if (object[key].get(value)) return 0;
    return value;
}

bool flag(Object object, std::string_view key, bool otherwise = false) {
    bool value = otherwise;
    if (object[key].get(value)) return otherwise;
    return value;
}

std::optional<Object> child(Object object, std::string_view key) {
    Object value;
    if (object[key].get(value)) return std::nullopt;
    return value;
}

// An identifier that is written as a number or, as `reply_to` may be, as an object with `id`.
std::int64_t reference(Object object, std::string_view key) {
    if (auto const inner = child(object, key)) return number(*inner, "id");
    return number(object, key);
}

template <typename Visit>
void each_object(Object object, std::string_view key, Visit visit) {
    dom::array array;
    if (object[key].get(array)) return;
    for (auto element : array) {
        Object item;
        if (!element.get(item)) visit(item);
    }
}

Person person(Object object) {
    return {UserId{number(object, "id")}, text(object, "name"), text(object, "full_name"),
            text(object, "role")};
}

Reaction reaction(Object object) {
    Reaction result{text(object, "emoji"), {}};
    dom::array users;
    if (object["user_ids"].get(users)) return result;
    for (auto user : users) {
        std::int64_t id = 0;
        if (!user.get(id)) result.users.push_back(UserId{id});
    }
    return result;
}

Message message(Object object) {
    Message result;
    result.id = MessageId{number(object, "id")};
    result.conversation = ConversationId{number(object, "conversation_id")};
    if (!result.conversation) result.conversation = {reference(object, "conversation")};
    result.conv_seq = ConvSeq{number(object, "conv_seq")};
    result.pos = Pos{number(object, "pos")};
    result.client_msg_id = text(object, "client_msg_id");
    result.content = text(object, "content");
    result.message_type = text(object, "message_type");
    if (auto const sender = child(object, "sender")) result.sender = person(*sender);
    result.reply_to = MessageId{reference(object, "reply_to")};
    result.created_at = text(object, "created_at");
    result.edited_at = text(object, "edited_at");
    result.deleted = flag(object, "is_deleted") || flag(object, "is_deleted_for_user") ||
                     result.message_type == "deleted";
    each_object(object, "reactions",
                [&](Object item) { result.reactions.push_back(reaction(item)); });
    return result;
}

ReadMarker read_marker(Object object) {
    return {UserId{number(object, "user_id")}, ConvSeq{number(object, "read_up_to")},
            ConvSeq{number(object, "delivered_up_to")}};
}

Conversation conversation(Object object) {
    Conversation result;
    result.id = ConversationId{number(object, "id")};
    result.kind = text(object, "kind");
    result.title = text(object, "title");
    result.last_conv_seq = ConvSeq{number(object, "last_conv_seq")};
    result.unread_count = number(object, "unread_count");
    result.last_message_preview = text(object, "last_message_preview");
    result.last_message_at = text(object, "last_message_at");
    result.is_active = flag(object, "is_active", true);
    each_object(object, "participants",
                [&](Object item) { result.participants.push_back(person(item)); });
    each_object(object, "read_markers",
                [&](Object item) { result.read_markers.push_back(read_marker(item)); });
    for (auto const* key : {"messages", "latest_messages"}) {
        if (!result.latest_messages.empty()) break;
        each_object(object, key,
                    [&](Object item) { result.latest_messages.push_back(message(item)); });
    }
    return result;
}

PresenceChanged presence(Object data) {
    return {UserId{number(data, "user_id")}, text(data, "user_name"), flag(data, "is_online"),
            text(data, "last_seen")};
}

DurableFrame durable(Object data, Event event) {
    return {ConversationId{number(data, "conversation_id")}, ConvSeq{number(data, "conv_seq")},
            Pos{number(data, "pos")}, std::move(event)};
}

Frame connection(Object data) {
    ConnectionFrame frame{UserId{number(data, "user_id")},
                          text(data, "epoch"),
                          Pos{number(data, "pos")},
                          text(data, "resume"),
                          text(data, "reason"),
                          0};
    if (auto const limits = child(data, "limits"))
        frame.max_content = number(*limits, "max_content");
    return frame;
}

Frame message_frame(Object data) {
    return durable(data, MessageAdded{message(data), false});
}

Frame updated(Object data) {
    return durable(data,
                   MessageUpdated{ConversationId{number(data, "conversation_id")},
                                  ConvSeq{number(data, "conv_seq")}, MessageId{number(data, "id")},
                                  UserId{number(data, "user_id")}, text(data, "content"),
                                  text(data, "edited_at")});
}

Frame deleted(Object data) {
    auto id = number(data, "message_id");
    if (id == 0) id = number(data, "id");
    return durable(data,
                   MessageDeleted{ConversationId{number(data, "conversation_id")},
                                  ConvSeq{number(data, "conv_seq")}, MessageId{id},
                                  UserId{number(data, "user_id")}, text(data, "scope") != "me"});
}

Frame reaction_frame(Object data) {
    return durable(data, ReactionChanged{ConversationId{number(data, "conversation_id")},
                                         ConvSeq{number(data, "conv_seq")},
                                         MessageId{number(data, "message_id")},
                                         UserId{number(data, "user_id")}, text(data, "emoji"),
                                         text(data, "op") != "remove"});
}

Frame read_moved(Object data) {
    return durable(data,
                   ReadMoved{ConversationId{number(data, "conversation_id")},
                             UserId{number(data, "user_id")}, ConvSeq{number(data, "up_to")}});
}

Frame conversation_changed(Object data) {
    return durable(
        data, ConversationChanged{ConversationId{number(data, "conversation_id")},
                                  UserId{number(data, "user_id")}, text(data, "change"),
                                  text(data, "title"), UserId{number(data, "participant_id")}});
}

Frame delivered(Object data) {
    return DeliveredFrame{{ConversationId{number(data, "conversation_id")},
                           UserId{number(data, "user_id")}, ConvSeq{number(data, "up_to")}}};
}

Frame typing(Object data) {
    return TypingFrame{
        {ConversationId{number(data, "conversation_id")}, UserId{number(data, "user_id")},
         text(data, "user_name"), flag(data, "is_typing")},
        number(data, "expires_in_ms")};
}

Frame status_snapshot(Object data) {
    StatusSnapshotFrame frame;
    each_object(data, "users", [&](Object item) { frame.users.push_back(presence(item)); });
    return frame;
}

std::optional<Errc> errc_of(std::string_view code) {
    for (int value = 0; value <= static_cast<int>(Errc::kInternal); ++value) {
        auto const candidate = static_cast<Errc>(value);
        if (info(candidate).code == code) return candidate;
    }
    return std::nullopt;
}

ErrorFrame error_of(Object data) {
    ErrorFrame frame;
    auto const code = errc_of(text(data, "code"));
    frame.known_code = code.has_value();
    frame.error.code = code.value_or(Errc::kBadRequest);
    frame.error.message = text(data, "message");
    frame.error.field = text(data, "field");
    frame.error.retry_after_ms = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(number(data, "retry_after_ms"), 0, 3'600'000));
    frame.retryable = flag(data, "retryable", info(frame.error.code).retryable && frame.known_code);
    return frame;
}

Frame ack(Object data, std::string request_id) {
    return AckFrame{std::move(request_id),         ConversationId{number(data, "conversation_id")},
                    MessageId{number(data, "id")}, ConvSeq{number(data, "conv_seq")},
                    Pos{number(data, "pos")},      text(data, "created_at"),
                    flag(data, "duplicate")};
}

struct Reader {
    std::string_view type;
    Frame (*read)(Object data);
};

constexpr std::array kReaders{
    Reader{"connection", connection},
    Reader{"message", message_frame},
    Reader{"message_updated", updated},
    Reader{"message_deleted", deleted},
    Reader{"reaction", reaction_frame},
    Reader{"read", read_moved},
    Reader{"delivered", delivered},
    Reader{"conversation", conversation_changed},
    Reader{"typing", typing},
    Reader{"status", [](Object data) { return Frame{StatusFrame{presence(data)}}; }},
    Reader{"status_snapshot", status_snapshot},
    Reader{"synced", [](Object data) { return Frame{SyncedFrame{Pos{number(data, "pos")}}}; }},
    Reader{"drain",
           [](Object data) { return Frame{DrainFrame{number(data, "reconnect_after_ms")}}; }},
    Reader{"token_expiring", [](Object) { return Frame{TokenExpiringFrame{}}; }},
    Reader{"auth", [](Object) { return Frame{AuthenticatedFrame{}}; }},
    Reader{"heartbeat",
           [](Object data) { return Frame{HeartbeatFrame{text(data, "status") == "pong"}}; }},
    Reader{"unread",
           [](Object data) {
               return Frame{UnreadFrame{{ConversationId{number(data, "conversation_id")},
                                         number(data, "count"), number(data, "total")}}};
           }},
};

Frame frame_of(Object object) {
    auto const type = text(object, "type");
    auto const data = child(object, "data").value_or(object);
    if (type == "ack") return ack(data, text(object, "id"));
    if (type == "error") {
        auto frame = error_of(data);
        frame.request_id = text(object, "id");
        if (frame.request_id.empty()) frame.request_id = text(data, "client_msg_id");
        return frame;
    }
    for (auto const& reader : kReaders) {
        if (reader.type == type) return reader.read(data);
    }
    return UnknownFrame{};
}

// A durable frame without what R-1 needs cannot be placed anywhere.
bool is_placeable(Frame const& frame) {
    auto const* durable = std::get_if<DurableFrame>(&frame);
    return !durable || (durable->conversation && (durable->pos || durable->conv_seq));
}

// Keeps the parser, whose buffers every element points into.
class Document {
public:
    static Result<Document> open(std::string_view bytes) {
        Document document;
        dom::element root;
        if (document.parser_->parse(bytes.data(), bytes.size(), true).get(root)) {
            return fail(Errc::kBadRequest, "the server sent something that is not JSON");
        }
        if (root.get(document.root_)) {
            return fail(Errc::kBadRequest, "the server sent JSON that is not an object");
        }
        return document;
    }
    Object root() const { return root_; }

private:
    std::unique_ptr<dom::parser> parser_ = std::make_unique<dom::parser>();
    Object root_;
};

}  // namespace

Result<Frame> read_frame(std::string_view bytes) {
    SEWA_TRY(auto const document, Document::open(bytes));
    auto frame = frame_of(document.root());
    if (!is_placeable(frame)) {
        return fail(Errc::kBadRequest, "a durable frame without conversation or position");
    }
    return frame;
}

Result<EventPage> read_event_page(std::string_view body) {
    SEWA_TRY(auto const document, Document::open(body));
    EventPage page;
    auto const root = document.root();
    page.has_more = flag(root, "has_more");
    page.snapshot_required = flag(root, "snapshot_required");
    page.last_conv_seq = ConvSeq{number(root, "last_conv_seq")};
    each_object(root, "results", [&](Object item) {
        auto frame = frame_of(item);
        auto* const event = std::get_if<DurableFrame>(&frame);
        if (event && is_placeable(frame)) page.events.push_back(std::move(*event));
    });
    return page;
}

Result<SyncPage> read_sync_page(std::string_view body) {
    SEWA_TRY(auto const document, Document::open(body));
    auto const root = document.root();
    SyncPage page{text(root, "epoch"), Pos{number(root, "pos")}, {}, text(root, "next_cursor")};
    if (page.epoch.empty()) return fail(Errc::kBadRequest, "a snapshot without an epoch");
    if (page.next_cursor.empty()) {
        if (auto const cursor = number(root, "next_cursor"))
            page.next_cursor = std::to_string(cursor);
    }
    each_object(root, "conversations",
                [&](Object item) { page.conversations.push_back(conversation(item)); });
    return page;
}

Result<MessagePage> read_message_page(std::string_view body) {
    SEWA_TRY(auto const document, Document::open(body));
    MessagePage page;
    page.has_more = flag(document.root(), "has_more");
    each_object(document.root(), "results",
                [&](Object item) { page.messages.push_back(message(item)); });
    return page;
}

Result<std::vector<Conversation>> read_conversation_list(std::string_view body) {
    SEWA_TRY(auto const document, Document::open(body));
    std::vector<Conversation> list;
    each_object(document.root(), "results",
                [&](Object item) { list.push_back(conversation(item)); });
    return list;
}

Result<Conversation> read_conversation(std::string_view body) {
    SEWA_TRY(auto const document, Document::open(body));
    return conversation(document.root());
}

Error read_http_error(int status, std::string_view body) {
    if (auto const document = Document::open(body)) {
        auto frame = error_of(document->root());
        if (frame.known_code) return frame.error;
    }
    auto code = Errc::kBadRequest;
    if (status == 401) code = Errc::kUnauthorized;
    if (status == 403) code = Errc::kForbidden;
    if (status == 404) code = Errc::kNotFound;
    if (status == 429) code = Errc::kRateLimited;
    if (status >= 500) code = Errc::kUnavailable;
    return error(code, "HTTP " + std::to_string(status));
}

std::string read_text_field(std::string_view body, std::string_view name) {
    auto const document = Document::open(body);
    return document ? text(document->root(), name) : std::string();
}

}  // namespace sewa::client
