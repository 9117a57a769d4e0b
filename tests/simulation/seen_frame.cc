#include "seen_frame.h"

#include <simdjson.h>

namespace sewa::simulation {

namespace {

using Object = simdjson::dom::object;

std::int64_t number(Object object, char const* key) {
    std::int64_t value = 0;
    return object[key].get_int64().get(value) ? 0 : value;
}

std::string text(Object object, char const* key) {
    std::string_view value;
    if (object[key].get_string().get(value)) return {};
    return std::string(value);
}

bool truth(Object object, char const* key) {
    bool value = false;
    return !object[key].get_bool().get(value) && value;
}

void read_message(SeenFrame& seen, Object data) {
    Object sender;
    if (data["sender"].get_object().get(sender) == simdjson::SUCCESS) {
        seen.user = UserId{number(sender, "id")};
    }
    seen.flag = text(data, "message_type") == "deleted" || truth(data, "is_deleted");
}

void read_other(SeenFrame& seen, Object data) {
    if (seen.type == "reaction") {
        seen.word = text(data, "emoji");
        seen.flag = text(data, "op") == "add";
        seen.id = MessageId{number(data, "message_id")};
    } else if (seen.type == "message_deleted") {
        seen.flag = text(data, "scope") == "all";
    } else if (seen.type == "conversation") {
        seen.word = text(data, "change");
        seen.participant = UserId{number(data, "participant_id")};
    } else if (seen.type == "typing") {
        seen.flag = truth(data, "is_typing");
    } else if (seen.type == "connection") {
        seen.word = text(data, "resume");
        seen.epoch = text(data, "epoch");
    } else if (seen.type == "error") {
        seen.word = text(data, "code");
        seen.flag = truth(data, "retryable");
    }
}

}  // namespace

SeenFrame read_seen(std::string_view bytes) {
    static thread_local simdjson::dom::parser parser;
    SeenFrame seen;
    Object object, data;
    if (parser.parse(bytes.data(), bytes.size()).get_object().get(object) != simdjson::SUCCESS) {
        return seen;
    }
    seen.type = text(object, "type");
    seen.request_id = text(object, "id");
    if (object["data"].get_object().get(data) != simdjson::SUCCESS) return seen;
    seen.conversation = ConversationId{number(data, "conversation_id")};
    seen.conv_seq = ConvSeq{number(data, "conv_seq")};
    seen.pos = Pos{number(data, "pos")};
    seen.id = MessageId{number(data, "id")};
    seen.user = UserId{number(data, "user_id")};
    seen.up_to = ConvSeq{number(data, "up_to")};
    seen.key = text(data, "client_msg_id");
    seen.content = text(data, "content");
    seen.duplicate = truth(data, "duplicate");
    if (seen.type == "message") read_message(seen, data);
    read_other(seen, data);
    seen.is_durable = seen.type == "message" || seen.type == "message_updated" ||
                      seen.type == "message_deleted" || seen.type == "reaction" ||
                      seen.type == "read" || seen.type == "conversation";
    return seen;
}

}  // namespace sewa::simulation
