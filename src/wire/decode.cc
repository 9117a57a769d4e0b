#include "wire/decode.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/assert.h"
#include "wire/encode.h"
#include "wire/json_field.h"

namespace sewa::wire {

namespace {

constexpr std::size_t kRequestIdBytesMax = 64;
constexpr std::size_t kPresenceIdsMax = 200;
constexpr std::size_t kAttachmentsMax = 10;
constexpr std::size_t kRelayBytesMax = 4096;
constexpr std::size_t kTokenBytesMax = 8192;

using Body = Result<ClientBody>;

// `content` or its alias `text`; both only when they agree (E-3).
Result<std::string_view> read_content(JsonObject data) {
    bool const has_content = !is_absent(data, "content"), has_text = !is_absent(data, "text");
    if (!has_content && !has_text) return std::string_view{};
    SEWA_TRY(auto const first, read_string(data, has_content ? "content" : "text"));
    if (has_content && has_text) {
        SEWA_TRY(auto const second, read_string(data, "text"));
        if (first != second) {
            return fail(bad_field("text", "differs from `content`; send one of them"));
        }
    }
    return first;
}

// An integer that has two names; both only when they agree (E-3).
Result<std::int64_t> read_aliased(JsonObject data, std::string_view key, std::string_view alias) {
    bool const has_alias = !is_absent(data, alias);
    if (!has_alias) return read_integer(data, key);
    SEWA_TRY(auto const value, read_integer(data, alias));
    if (is_absent(data, key)) return value;
    SEWA_TRY(auto const named, read_integer(data, key));
    if (named != value) {
        return fail(bad_field(alias, "differs from `" + std::string(key) + "`; send one of them"));
    }
    return value;
}

Result<ConversationId> read_conversation(JsonObject data) {
    SEWA_TRY(auto const value, read_aliased(data, "conversation_id", "conversation"));
    return ConversationId{value};
}

Result<MessageId> read_message_id(JsonObject data) {
    SEWA_TRY(auto const value, read_aliased(data, "id", "message_id"));
    return MessageId{value};
}

Body decode_message(JsonObject data) {
    ClientMessage message;
    SEWA_TRY(message.conversation, read_conversation(data));
    SEWA_TRY(message.content, read_content(data));
    if (!is_absent(data, "client_msg_id")) {
        SEWA_TRY(message.client_msg_id, read_string(data, "client_msg_id"));
    }
    if (!is_absent(data, "reply_to")) {
        SEWA_TRY(message.reply_to.value, read_integer(data, "reply_to"));
    }
    if (!is_absent(data, "attachments")) {
        SEWA_TRY(message.attachments, read_integers(data, "attachments", kAttachmentsMax));
    }
    return message;
}

Body decode_edit(JsonObject data) {
    ClientEdit edit;
    SEWA_TRY(edit.message, read_message_id(data));
    SEWA_TRY(edit.content, read_content(data));
    return edit;
}

Result<DeleteScope> read_scope(JsonObject data, std::string_view key) {
    SEWA_TRY(auto const scope, read_string(data, key));
    bool const for_all = scope == "all" || scope == "everyone";
    if (!for_all && scope != "me" && scope != "self") {
        return fail(bad_field(key, "must be \"me\" or \"all\""));
    }
    return for_all ? DeleteScope::kAll : DeleteScope::kMe;
}

Body decode_delete(JsonObject data) {
    ClientDelete request;
    SEWA_TRY(request.message, read_message_id(data));
    bool const has_scope = !is_absent(data, "scope");
    bool const has_type = !is_absent(data, "deletion_type");
    if (!has_scope && !has_type) return request;
    SEWA_TRY(request.scope, read_scope(data, has_scope ? "scope" : "deletion_type"));
    if (has_scope && has_type) {
        SEWA_TRY(auto const second, read_scope(data, "deletion_type"));
        if (second != request.scope) {
            return fail(bad_field("deletion_type", "differs from `scope`; send one of them"));
        }
    }
    return request;
}

Body decode_reaction(JsonObject data) {
    ClientReaction reaction;
    SEWA_TRY(reaction.message, read_message_id(data));
    SEWA_TRY(reaction.emoji, read_string(data, "emoji"));
    if (is_absent(data, "op")) return reaction;
    SEWA_TRY(auto const op, read_string(data, "op"));
    if (op != "add" && op != "remove") {
        return fail(bad_field("op", "must be \"add\" or \"remove\""));
    }
    reaction.op = op == "add" ? ReactionOp::kAdd : ReactionOp::kRemove;
    return reaction;
}

Body decode_read(JsonObject data) {
    ClientRead read;
    SEWA_TRY(read.conversation, read_conversation(data));
    SEWA_TRY(read.up_to.value, read_integer(data, "up_to", 0));
    return read;
}

Body decode_delivered(JsonObject data) {
    ClientDelivered delivered;
    SEWA_TRY(delivered.conversation, read_conversation(data));
    SEWA_TRY(delivered.up_to.value, read_integer(data, "up_to", 0));
    return delivered;
}

Body decode_typing(JsonObject data) {
    ClientTyping typing;
    SEWA_TRY(typing.conversation, read_conversation(data));
    SEWA_TRY(typing.is_typing, read_bool(data, "is_typing"));
    return typing;
}

Body decode_presence(JsonObject data) {
    SEWA_TRY(auto const values, read_integers(data, "ids", kPresenceIdsMax));
    ClientPresence presence;
    for (auto const value : values) presence.ids.push_back(UserId{value});
    return presence;
}

Body decode_focus(JsonObject data) {
    if (is_absent(data, "conversation_id")) return ClientFocus{};
    SEWA_TRY(auto const conversation, read_conversation(data));
    return ClientFocus{conversation};
}

Body decode_heartbeat(JsonObject) {
    return ClientHeartbeat{};
}

Body decode_auth(JsonObject data) {
    SEWA_TRY(auto const token, read_string(data, "token"));
    if (token.size() > kTokenBytesMax)
        return fail(Errc::kTooLarge, "the token is too long", "token");
    return ClientAuth{token};
}

// What simple clients say about themselves in a relayed frame, in every spelling (E-4).
constexpr std::array<std::string_view, 12> kClaims{
    "user_id",     "user_name", "user",      "sender", "sender_id", "sender_name",
    "sender_type", "from",      "full_name", "avatar", "role",      "conversation_id"};

Body decode_relay(std::string_view type, JsonObject data) {
    ClientRelay relay{type, {}, {}};
    SEWA_TRY(relay.conversation, read_conversation(data));
    relay.data_json = "{";
    for (auto const [key, value] : data) {
        if (std::find(kClaims.begin(), kClaims.end(), key) != kClaims.end()) continue;
        if (relay.data_json.size() > 1) relay.data_json += ',';
        append_json_string(relay.data_json, key);
        relay.data_json += ':' + simdjson::minify(JsonElement(value));
    }
    relay.data_json += '}';
    if (relay.data_json.size() > kRelayBytesMax) {
        return fail(Errc::kTooLarge, "`data` is above 4 KiB", "data");
    }
    return relay;
}

using DecodeBody = Body (*)(JsonObject);
struct TypeEntry {
    std::string_view type;
    DecodeBody decode;
};

constexpr std::array<TypeEntry, 11> kTypes{{
    {"message", decode_message},
    {"typing", decode_typing},
    {"heartbeat", decode_heartbeat},
    {"read", decode_read},
    {"delivered", decode_delivered},
    {"message_updated", decode_edit},
    {"message_deleted", decode_delete},
    {"reaction", decode_reaction},
    {"presence", decode_presence},
    {"focus", decode_focus},
    {"auth", decode_auth},
}};

Body decode_typed(std::string_view type, JsonObject data) {
    for (auto const& entry : kTypes) {
        if (entry.type == type) return entry.decode(data);
    }
    if (type == "voice_message" || type == "message_status") return decode_relay(type, data);
    return fail(Errc::kUnknownType, "this server knows no such frame type", "type");
}

}  // namespace

struct Decoder::Parser {
    simdjson::dom::parser dom;
    std::vector<char> padded;
    std::string request_id_digits;  // Backs a request id that came as an integer.

    // simdjson reads past the end of its input, so the text is copied behind room for that.
    simdjson::error_code parse(std::string_view text, JsonObject& object) {
        if (padded.size() < text.size() + simdjson::SIMDJSON_PADDING) return simdjson::CAPACITY;
        std::memcpy(padded.data(), text.data(), text.size());
        return dom.parse(padded.data(), text.size(), false).get_object().get(object);
    }

    std::string_view request_id(JsonObject frame) {
        std::string_view text;
        if (frame["id"].get_string().get(text) == simdjson::SUCCESS) {
            return text.size() <= kRequestIdBytesMax ? text : std::string_view{};
        }
        std::int64_t number = 0;
        if (frame["id"].get_int64().get(number) != simdjson::SUCCESS) return {};
        request_id_digits = std::to_string(number);
        return request_id_digits;
    }
};

Decoder::Decoder(std::size_t frame_bytes_max) : parser_(std::make_unique<Parser>()) {
    parser_->padded.resize(frame_bytes_max + simdjson::SIMDJSON_PADDING);
    SEWA_ASSERT(parser_->dom.allocate(frame_bytes_max, kJsonDepthMax) == simdjson::SUCCESS);
}

Decoder::~Decoder() = default;

ClientFrame Decoder::decode(std::string_view text) {
    ClientFrame frame{{}, {}, ClientHeartbeat{}};
    JsonObject object;
    if (parser_->parse(text, object) != simdjson::SUCCESS) {
        frame.body = fail(Errc::kBadRequest, "a frame is one JSON object {\"type\", \"data\"}");
        return frame;
    }
    frame.request_id = parser_->request_id(object);
    auto const type = read_string(object, "type");
    if (!type) {
        frame.body = fail(type.error());
        return frame;
    }
    JsonObject data;
    if (object["data"].get_object().get(data) != simdjson::SUCCESS) {
        if (*type != "heartbeat") frame.body = fail(bad_field("data", "must be an object"));
        return frame;
    }
    if (*type == "message") {
        auto const key = data["client_msg_id"].get_string();
        if (key.error() == simdjson::SUCCESS && key.value_unsafe().size() <= kRequestIdBytesMax) {
            frame.client_msg_id = key.value_unsafe();
        }
    }
    frame.body = decode_typed(*type, data);
    return frame;
}

}  // namespace sewa::wire
