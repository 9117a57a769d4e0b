#include "api/call.h"

#include <fmt/format.h>

#include <charconv>
#include <exception>
#include <memory>

#include "chat/validate.h"
#include "wire/rest_objects.h"

namespace sewa::api {

Answer json(std::string body, int status) {
    return {status, std::move(body), {}};
}

Answer refuse(Error const& error) {
    Answer answer{info(error.code).http_status, wire::encode_rest_error(error), {}};
    if (error.retry_after_ms != 0) {
        answer.headers.emplace_back("Retry-After",
                                    fmt::to_string((error.retry_after_ms + 999) / 1000));
    } else if (error.code == Errc::kUnavailable) {
        answer.headers.emplace_back("Retry-After", "1");
    }
    if (error.code == Errc::kUnauthorized || error.code == Errc::kTokenExpired) {
        answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    return answer;
}

Result<std::int64_t> query_integer(http::Request const& request, std::string_view name,
                                   std::int64_t fallback, std::int64_t minimum,
                                   std::int64_t maximum) {
    auto const text = request.query.find(name);
    if (!text || text->empty()) return fallback;
    std::int64_t value = 0;
    auto const [end, failure] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (failure != std::errc{} || end != text->data() + text->size() || value < minimum ||
        value > maximum) {
        return fail(Errc::kBadRequest,
                    fmt::format("`{}` must be a number from {} to {}", name, minimum, maximum),
                    std::string(name));
    }
    return value;
}

Result<std::optional<bool>> query_bool(http::Request const& request, std::string_view name) {
    auto const text = request.query.find(name);
    if (!text || text->empty()) return std::optional<bool>{};
    if (*text == "true" || *text == "True" || *text == "1") return std::optional(true);
    if (*text == "false" || *text == "False" || *text == "0") return std::optional(false);
    return fail(Errc::kBadRequest, fmt::format("`{}` must be true or false", name),
                std::string(name));
}

std::string query_text(http::Request const& request, std::string_view name) {
    return std::string(request.query.find(name).value_or(std::string_view{}));
}

std::vector<UserId> query_users(http::Request const& request, std::string_view name,
                                std::size_t count_max) {
    std::vector<UserId> ids;
    std::int64_t value = 0;
    for (char const c : query_text(request, name) + ",") {
        if (c >= '0' && c <= '9' && value <= kIdMax / 10) {
            value = value * 10 + (c - '0');
        } else {
            if (value > 0 && ids.size() < count_max) ids.push_back(UserId{value});
            value = 0;
        }
    }
    return ids;
}

// An exception (memory, a library) ends this request and nothing else.
static Answer guarded(ReadWork const& work, store::Reader& reader) {
    try {
        return work(reader);
    } catch (std::exception const&) {
        return refuse(error(Errc::kInternal, "the server could not make this answer"));
    }
}

void look_up(Call const& call, chat::ReadQueue::Read look) {
    if (call.hub->reads().push(chat::ReadQueue::Urgency::kLookup, std::move(look))) return;
    call.reply(refuse(chat::ReadQueue::refusal().value()));
}

void read(Call call, ReadWork work) {
    auto const shared = std::make_shared<Call>(std::move(call));
    look_up(*shared, [shared, work = std::move(work)](store::Reader& reader) -> chat::HubTask {
        auto answer = std::make_shared<Answer>(guarded(work, reader));
        return [shared, answer](chat::Hub&) { shared->reply(std::move(*answer)); };
    });
}

void write(Call call, store::Command command, WriteAnswer done) {
    auto& hub = *call.hub;
    auto const shared = std::make_shared<Call>(std::move(call));
    auto const taken = hub.write(
        std::move(command), [shared, done = std::move(done)](Result<store::Receipt> const& result) {
            result ? done(*shared, *result) : shared->reply(refuse(result.error()));
        });
    if (!taken) shared->reply(refuse(taken.error()));
}

Result<std::string> text_of(Call const& call, wire::JsonBody const& body, bool may_be_empty) {
    auto const key = body.has("content") && !body.has("text") ? "content" : "text";
    SEWA_TRY(auto const text, body.string_or(key, ""));
    auto const chars_max = call.limits.content_chars_max;
    SEWA_TRY(auto const checked, chat::check_content(text, chars_max, may_be_empty, key));
    return std::string(checked);
}

std::optional<wire::JsonBody> json_body(Call const& call) {
    auto body = wire::JsonBody::parse(call.request.body);
    if (body) return std::move(*body);
    call.reply(refuse(body.error()));
    return std::nullopt;
}

}  // namespace sewa::api
