#include "wire/attachments.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

#include "wire/encode.h"

namespace sewa::wire {

namespace {

// No text can fake these: a quote inside a text is escaped.
constexpr std::string_view kUrl = R"("url":"/api/messaging/attachments/)";
constexpr std::string_view kList = R"(,"attachments":[{)";
constexpr std::string_view kUrlKey = R"("url":)";

void append_number_or_null(std::string& out, std::string_view key, std::uint32_t value) {
    out += key;
    out += value == 0 ? "null" : fmt::to_string(value);
}

// The object that begins at `from`, by its braces; braces inside texts do not count.
std::string_view object_at(std::string_view json, std::size_t from) {
    int depth = 0;
    bool is_text = false;
    for (auto i = from; i < json.size(); ++i) {
        if (is_text && json[i] == '\\') {
            ++i;
        } else if (json[i] == '"') {
            is_text = !is_text;
        } else if (!is_text && json[i] == '{') {
            ++depth;
        } else if (!is_text && json[i] == '}' && --depth == 0) {
            return json.substr(from, i + 1 - from);
        }
    }
    return "null";
}

}  // namespace

void append_attachment(std::string& out, store::Attachment const& attachment) {
    fmt::format_to(std::back_inserter(out), R"({{"id":{},{}{}/file/","name":)", attachment.id.value,
                   kUrl, attachment.id.value);
    append_json_string(out, attachment.name);
    out += R"(,"content_type":)";
    append_json_string(out, attachment.content_type);
    fmt::format_to(std::back_inserter(out), R"(,"size":{})", attachment.bytes);
    append_number_or_null(out, R"(,"width":)", attachment.width);
    append_number_or_null(out, R"(,"height":)", attachment.height);
    append_number_or_null(out, R"(,"duration_ms":)", attachment.duration_ms);
    out += R"(,"waveform":)";
    out += attachment.waveform.empty() ? "null" : attachment.waveform;
    out += R"(,"preview":)";
    attachment.preview.empty() ? static_cast<void>(out += "null")
                               : append_json_string(out, attachment.preview);
    out += '}';
}

std::string encode_attachments(std::span<store::Attachment const> attachments) {
    std::string out = "[";
    for (auto const& attachment : attachments) {
        if (out.size() > 1) out += ',';
        append_attachment(out, attachment);
    }
    return out + ']';
}

MessageType message_type_of(std::span<store::Attachment const> attachments, MessageType fallback) {
    if (attachments.empty()) return fallback;
    auto const& type = attachments.front().content_type;
    if (type.starts_with("image/")) return MessageType::kImage;
    return type.starts_with("audio/") ? MessageType::kVoice : MessageType::kFile;
}

std::string with_links(std::string_view json, store::LinkSigner const* links) {
    std::string out;
    auto rest = json;
    for (auto at = rest.find(kUrl); at != rest.npos && links != nullptr; at = rest.find(kUrl)) {
        auto const digits = at + kUrl.size();
        auto const end = rest.find('"', digits);
        if (end == rest.npos) break;  // A damaged row.
        AttachmentId id;
        std::from_chars(rest.data() + digits, rest.data() + end, id.value);
        out += rest.substr(0, end);
        out += links->query_for(id);
        rest.remove_prefix(end);
    }
    return out += rest;
}

FirstAttachment first_attachment(std::string_view data) {
    auto const list = data.find(kList);
    if (list == data.npos) return {};
    auto const object = object_at(data, list + kList.size() - 1);
    auto const url = object.find(kUrlKey);
    if (url == object.npos) return {};  // A damaged row.
    auto const from = url + kUrlKey.size();
    return {object, object.substr(from, object.find('"', from + 1) + 1 - from)};
}

}  // namespace sewa::wire
