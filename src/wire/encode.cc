#include "wire/encode.h"

#include <fmt/format.h>

#include <iterator>

#include "core/assert.h"
#include "core/time_text.h"

namespace sewa::wire {

namespace {

constexpr std::string_view kDataKey = R"("data":)";
// No text can fake it: nothing in front of the content holds a quote that is not ours.
constexpr std::string_view kContentKey = R"(,"content":)";

bool needs_escape(unsigned char byte) {
    return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7F;
}

void append_escape(std::string& out, unsigned char byte) {
    switch (byte) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    }
}

void append_key_string(std::string& out, std::string_view key, std::string_view value) {
    out += key;
    append_json_string(out, value);
}

// `key` with the opening quote of the value.
void append_time(std::string& out, std::string_view key, WallMs time) {
    out += key;
    append_iso8601(out, time);
    out += '"';
}

// `"conversation_id":1,…,"created_at":"…"` without braces.
void append_head(std::string& out, EventHead const& head) {
    append_int(out, R"("conversation_id":)", head.conversation.value);
    if (head.conv_seq) append_int(out, R"(,"conv_seq":)", head.conv_seq.value);
    append_int(out, R"(,"pos":)", head.pos.value);
    append_int(out, R"(,"user_id":)", head.by.value);
    append_time(out, R"(,"created_at":")", head.created_at);
}

std::string open_frame(std::string_view type, EventHead const& head, std::size_t reserve = 256) {
    std::string out;
    out.reserve(reserve);
    out += R"({"type":")";
    out += type;
    out += R"(","data":{)";
    append_head(out, head);
    return out;
}

std::string close_frame(std::string out) {
    out += "}}";
    return out;
}

}  // namespace

void append_int(std::string& out, std::string_view key, std::int64_t value) {
    out += key;
    fmt::format_int const digits(value);
    out.append(digits.data(), digits.size());
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t clean_from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (!needs_escape(byte)) continue;
        out.append(text, clean_from, i - clean_from);
        append_escape(out, byte);
        clean_from = i + 1;
    }
    out.append(text, clean_from);
    out += '"';
}

void append_person(std::string& out, Person const& person) {
    if (!person.id) {
        out += "null";
        return;
    }
    append_int(out, R"({"id":)", person.id.value);
    append_key_string(out, R"(,"name":)", person.name);
    bool const has_parts = !person.first_name.empty() || !person.last_name.empty();
    bool const needs_space = !person.first_name.empty() && !person.last_name.empty();
    append_key_string(
        out, R"(,"full_name":)",
        has_parts ? person.first_name + (needs_space ? " " : "") + person.last_name : person.name);
    append_key_string(out, R"(,"first_name":)", person.first_name);
    append_key_string(out, R"(,"last_name":)", person.last_name);
    out += R"(,"avatar":)";
    if (person.avatar.empty()) {
        out += "null";
    } else {
        append_json_string(out, person.avatar);
    }
    append_key_string(out, R"(,"role":)", to_text(person.role));
    out += '}';
}

std::string encode_message(MessageBody const& body) {
    SEWA_ASSERT(body.sender != nullptr);
    auto const& head = body.head;
    std::string out;
    out.reserve(512 + 2 * body.content.size());
    append_int(out, R"({"type":"message","data":{"id":)", head.pos.value);
    append_int(out, R"(,"conversation_id":)", head.conversation.value);
    append_int(out, R"(,"conversation":)", head.conversation.value);
    append_int(out, R"(,"conv_seq":)", head.conv_seq.value);
    append_int(out, R"(,"pos":)", head.pos.value);
    out += R"(,"client_msg_id":)";
    if (body.client_msg_id.empty()) {
        out += "null";
    } else {
        append_json_string(out, body.client_msg_id);
    }
    out += R"(,"content":)";
    auto const content_from = out.size();
    append_json_string(out, body.content);
    auto const content_bytes = out.size() - content_from;
    out += R"(,"text":)";
    out.append(out, content_from, content_bytes);
    out += R"(,"sender":)";
    append_person(out, *body.sender);
    append_key_string(out, R"(,"message_type":)", to_text(body.type));
    out += R"(,"status":"sent","reply_to":)";
    if (body.reply_to) {
        append_int(out, "", body.reply_to.value);
    } else {
        out += "null";
    }
    out += R"(,"attachments":)";
    out += body.attachments_json;
    append_time(out, R"(,"created_at":")", head.created_at);
    append_time(out, R"(,"timestamp":")", head.created_at);
    return close_frame(std::move(out));
}

std::string encode_message_updated(EventHead const& head, MessageId id, std::string_view content,
                                   std::uint32_t rev) {
    auto out = open_frame("message_updated", head, 256 + 2 * content.size());
    append_int(out, R"(,"id":)", id.value);
    append_key_string(out, R"(,"content":)", content);
    append_key_string(out, R"(,"text":)", content);
    append_time(out, R"(,"edited_at":")", head.created_at);
    append_int(out, R"(,"rev":)", rev);
    return close_frame(std::move(out));
}

std::string encode_message_deleted(EventHead const& head, MessageId id, DeleteScope scope) {
    auto out = open_frame("message_deleted", head);
    std::string_view const kind = scope == DeleteScope::kAll ? "everyone" : "self";
    append_int(out, R"(,"id":)", id.value);
    append_int(out, R"(,"message_id":)", id.value);
    append_key_string(out, R"(,"scope":)", to_text(scope));
    append_key_string(out, R"(,"deletion_type":)", kind);
    append_int(out, R"(},"message_id":)", id.value);
    append_int(out, R"(,"conversation_id":)", head.conversation.value);
    append_key_string(out, R"(,"deletion_type":)", kind);
    out += '}';
    return out;
}

std::string encode_reaction(EventHead const& head, MessageId id, std::string_view emoji,
                            ReactionOp op) {
    auto out = open_frame("reaction", head);
    append_int(out, R"(,"message_id":)", id.value);
    append_key_string(out, R"(,"emoji":)", emoji);
    append_key_string(out, R"(,"op":)", to_text(op));
    return close_frame(std::move(out));
}

std::string encode_read(EventHead const& head, ConvSeq up_to) {
    auto out = open_frame("read", head);
    append_int(out, R"(,"up_to":)", up_to.value);
    return close_frame(std::move(out));
}

std::string encode_conversation_change(EventHead const& head, ConversationChange change,
                                       std::string_view title, UserId participant) {
    auto out = open_frame("conversation", head);
    append_key_string(out, R"(,"change":)", to_text(change));
    if (!title.empty()) append_key_string(out, R"(,"title":)", title);
    if (participant) append_int(out, R"(,"participant_id":)", participant.value);
    return close_frame(std::move(out));
}

std::string_view content_json_of(std::string_view data) {
    auto const key = data.find(kContentKey);
    if (key == std::string_view::npos) return {};
    auto const from = key + kContentKey.size();
    auto end = from + 1;
    while (end < data.size() && data[end] != '"') end += data[end] == '\\' ? 2 : 1;
    return end < data.size() ? data.substr(from, end + 1 - from) : std::string_view{};
}

std::optional<std::string> with_content(std::string_view data, std::string_view content) {
    auto const old = content_json_of(data);
    if (old.empty()) return std::nullopt;
    auto const from = static_cast<std::size_t>(old.data() - data.data());
    constexpr std::string_view kTextKey = R"(,"text":)";
    auto const rest = from + old.size() + kTextKey.size() + old.size();
    if (rest > data.size()) return std::nullopt;
    std::string out;
    out.reserve(data.size() + 2 * content.size());
    out.append(data, 0, from);
    append_json_string(out, content);
    out += kTextKey;
    append_json_string(out, content);
    out.append(data, rest);
    return out;
}

std::string_view data_of(std::string_view frame) {
    auto const key = frame.find(kDataKey);
    auto const from = key + kDataKey.size();
    if (key == std::string_view::npos || from >= frame.size()) return "{}";
    return frame.substr(from, frame.size() - from - 1);
}

}  // namespace sewa::wire
