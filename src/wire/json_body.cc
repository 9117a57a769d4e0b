#include <simdjson.h>

#include "wire/decode.h"
#include "wire/json_field.h"

namespace sewa::wire {

struct JsonBody::Document {
    simdjson::dom::parser parser;
    JsonObject object;
};

JsonBody::JsonBody(std::unique_ptr<Document> document) : document_(std::move(document)) {}
JsonBody::JsonBody(JsonBody&&) noexcept = default;
JsonBody::~JsonBody() = default;

Result<JsonBody> JsonBody::parse(std::string_view text) {
    auto document = std::make_unique<Document>();
    auto const failure = fail(Errc::kBadRequest, "the body must be one JSON object");
    if (document->parser.allocate(text.size() + 1, kJsonDepthMax) != simdjson::SUCCESS)
        return failure;
    if (document->parser.parse(text.data(), text.size()).get_object().get(document->object) !=
        simdjson::SUCCESS) {
        return failure;
    }
    return JsonBody(std::move(document));
}

bool JsonBody::has(std::string_view key) const {
    return !is_absent(document_->object, key);
}

Result<std::string> JsonBody::string_or(std::string_view key, std::string_view fallback) const {
    if (!has(key)) return std::string(fallback);
    SEWA_TRY(auto const value, read_string(document_->object, key));
    return std::string(value);
}

Result<std::int64_t> JsonBody::id_or(std::string_view key, std::int64_t fallback) const {
    if (!has(key)) return fallback;
    // Django clients send form-like ids as strings.
    std::string_view text;
    if (document_->object[key].get_string().get(text) == simdjson::SUCCESS && !text.empty() &&
        text.size() <= 16 && text.find_first_not_of("0123456789") == std::string_view::npos) {
        auto const value = std::stoll(std::string(text));
        if (value <= kIdMax) return value;
    }
    return read_integer(document_->object, key, 0);
}

Result<bool> JsonBody::bool_or(std::string_view key, bool fallback) const {
    if (!has(key)) return fallback;
    return read_bool(document_->object, key);
}

Result<std::vector<std::int64_t>> JsonBody::ids(std::string_view key, std::size_t count_max) const {
    if (!has(key)) return std::vector<std::int64_t>{};
    return read_integers(document_->object, key, count_max);
}

}  // namespace sewa::wire
